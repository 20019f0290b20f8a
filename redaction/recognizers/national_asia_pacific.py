"""National numbers of Asia, Africa and the Pacific."""

from redaction.recognizer import Recognizer

RECOGNIZERS: tuple[Recognizer, ...] = ()
