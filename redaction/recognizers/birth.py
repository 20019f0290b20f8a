"""Dates of birth, by their key."""

from redaction.recognizer import Recognizer

RECOGNIZERS: tuple[Recognizer, ...] = ()
