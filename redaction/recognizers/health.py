"""Health care: NPI, DEA and Medicare numbers, medical records."""

from redaction.recognizer import Recognizer

RECOGNIZERS: tuple[Recognizer, ...] = ()
