"""Telephone numbers: North American ones in national form, all others with their country code."""

import re

from redaction.boundaries import AFTER_ESCAPE, NUMBER_START
from redaction.recognizer import Recognizer

_PLUS = r"(?:\+|%2B)"
_EXTENSION = r"(?: ?(?:x|ext\.?) ?\d{1,5}(?!\d))?"
_AREA = r"[2-9]\d{2}"  # NANP: an area code never starts with 0 or 1. Exchanges do, in made-up numbers, so any is taken.

_NORTH_AMERICAN = re.compile(
    rf"(?:(?:{NUMBER_START}(?:{_PLUS}|00)?1[-. ]?)?\({_AREA}\)[-. ]?\d{{3}}[-. ]?\d{{4}}"
    rf"|{NUMBER_START}(?:(?:{_PLUS}|00)?1[-. ]?)?{_AREA}([-. ])\d{{3}}\1\d{{4}})"
    rf"(?!\d|[-.]\d){_EXTENSION}",
    re.ASCII | re.IGNORECASE,
)

# A space joins groups, unless what follows is a date, a time or a word of its own such as "12ms".
_JOIN = r"\)?(?:[-.]| (?!\d{4}-\d\d-|\d{1,2}:\d\d|\d+[a-z]))?\(?"

# E.164: a country code that starts with 1 to 9 and at most 15 digits in all. Below 8, signed numbers are likelier.
# "+" may join two numbers (it is a space in a form), but otherwise never stands inside a word: base64, time zones.
_INTERNATIONAL = re.compile(
    rf"(?:(?<![0-9A-Z])|(?<=\d\d)|{AFTER_ESCAPE}){_PLUS}"
    rf"(?:[1-9]\d{{9,14}}|1(?:{_JOIN}\d){{10}}|[2-9](?:{_JOIN}\d){{7,14}})(?!\d){_EXTENSION}",
    re.ASCII | re.IGNORECASE,
)

_ACCESS_LOG_STATUS = re.compile(r'HTTP/\d(?:\.\d)?"? $')


def _is_no_access_log(match: re.Match[str]) -> bool:
    """`"GET / HTTP/1.1" 200 512 1234`: status, size and port are no phone number."""
    return not _ACCESS_LOG_STATUS.search(match.string[max(0, match.start() - 12) : match.start()])


RECOGNIZERS = (
    Recognizer(
        name="phone_north_american",
        entity="PHONE",
        gate=r"[0-9]{3}[-. )]{1,2}[0-9]{3}[-. ]?[0-9]{4}",
        pattern=_NORTH_AMERICAN,
        validate=_is_no_access_log,
        positive=(
            ("Customer 555-123-4567 logged in", "555-123-4567"),
            ("call 314.834.2075.", "314.834.2075"),
            ("2024-01-01 10:00:00 879 592 1125 re ticket", "879 592 1125"),
            ('"phone":"(555) 123-4567"', "(555) 123-4567"),
            ("tel(555)123-4567", "(555)123-4567"),
            ("1-800-555-0199", "1-800-555-0199"),
            ("+1 (415) 555-0132", "+1 (415) 555-0132"),
            ("001-518-640-0854 mobile", "001-518-640-0854"),
            ("+1.415.555.0132", "+1.415.555.0132"),
            ("415-555-0132 ext. 77", "415-555-0132 ext. 77"),
            (r'"body":"Hi\n415-555-0132\nBye"', "415-555-0132"),
            ("电话415-555-0132号", "415-555-0132"),
        ),
        negative=(
            "155-123-4567",
            "055-123-4567",
            "555-123.4567",
            "order ORD-555-123-4567",
            "555-123-4567-8901",
            "211670ea-e679-402e-8d28-555-123-4567",
            '"GET / HTTP/1.1" 200 512 1234',
            "1555123456789",
            "id=5551234567",
            "2024-01-02 03:04:05.678",
        ),
    ),
    Recognizer(
        name="phone_international",
        entity="PHONE",
        gate=r"(?:\+|%2[Bb])[0-9]",
        pattern=_INTERNATIONAL,
        positive=(
            ("tel +44 20 7946 0958 ok", "+44 20 7946 0958"),
            ("+14155552671", "+14155552671"),
            ("phone=%2B14155552671&x=1", "%2B14155552671"),
            ("/users/+14155552671/calls", "+14155552671"),
            ("Desk: +41 (0)85 806 98 67", "+41 (0)85 806 98 67"),
            ("+91 4155550132", "+91 4155550132"),
            ("+54 11 2342-1448", "+54 11 2342-1448"),
            ("+1 4155552671 200 ms", "+1 4155552671"),
            ("+44 20 7946 0958 10:00:01", "+44 20 7946 0958"),
            ("+49 30 1234567 2024-01-01", "+49 30 1234567"),
            ("+33 1 23 45 67 89 12ms", "+33 1 23 45 67 89"),
            ("to=14155552671+442079460958", "+442079460958"),
        ),
        negative=(
            "2024-01-01T12:00:00+0100",
            "+02:00",
            "diff +1234567",
            "a+14155552671",
            "+1234567890123456",
            "@@ -1234,7 +1234,8 @@",
            "+0 123 456 789",
        ),
    ),
)
