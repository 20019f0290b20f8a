"""Bank accounts: IBAN, ABA routing numbers, account numbers."""

from redaction.recognizer import Recognizer

RECOGNIZERS: tuple[Recognizer, ...] = ()
