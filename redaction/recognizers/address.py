"""Postal addresses."""

from redaction.recognizer import Recognizer

RECOGNIZERS: tuple[Recognizer, ...] = ()
