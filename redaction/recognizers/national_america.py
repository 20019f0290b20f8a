"""National numbers of the Americas, without the United States."""

from redaction.recognizer import Recognizer

RECOGNIZERS: tuple[Recognizer, ...] = ()
