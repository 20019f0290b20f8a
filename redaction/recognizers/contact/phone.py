"""Telephone numbers, known by their form.

These are North American numbers, and those with "+" and a country code (E.164).
"""

import re
from collections import defaultdict
from itertools import chain

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, NumberParseException, PhoneMetadata

from redaction.fragments.boundaries import AFTER_ESCAPE, NUMBER_START
from redaction.fragments.phone_notation import EXTENSION, JOIN, PLUS, SPACE, TYPESET
from redaction.recognizer import Recognizer

_AREA = r"[2-9]\d{2}"  # NANP: an area code never starts with 0 or 1. Exchanges do, in made-up numbers, so any is taken.
_SAME = rf"(?P<sign>[-.\u2010-\u2013]|{SPACE})"
_TRUNK = rf"(?:{PLUS}|00)?1"

_NORTH_AMERICAN = re.compile(
    # The lookahead is for speed: it rejects most positions at once.
    rf"(?=[0-9(+\uff0b%])(?:(?:{NUMBER_START}{_TRUNK}(?:[-.]|{SPACE})?)?(?:\({_AREA}\)|%28{_AREA}%29)(?:[-.+]|{SPACE})?\d{{3}}(?:[-.]|{SPACE})?\d{{4}}"
    rf"|{NUMBER_START}(?:{_TRUNK}(?:[-.]|{SPACE})?)?{_AREA}{_SAME}\d{{3}}(?P=sign)\d{{4}})"
    rf"(?!\d|[-.]\d){EXTENSION}?",
    re.ASCII | re.IGNORECASE,
)
_TABLE_BEFORE = re.compile(r"(?:HTTP/\d(?:\.\d)?\"?|\d) \d+ $|HTTP/\d(?:\.\d)?\"? $|(?<![\d:.-])\d+ \d+ $", re.ASCII)
_TABLE_AFTER = re.compile(r" \d+ \d+(?![\d:.-])", re.ASCII)


def _is_outside_table(match: re.Match[str]) -> bool:
    """Reject columns of a table, such as those of vmstat.

    In `"GET / HTTP/1.1" 200 512 1234` status, size and port are no phone number.
    """
    if match["sign"] != " ":
        return True
    before = match.string[max(0, match.start() - 24) : match.start()]
    return not _TABLE_BEFORE.search(before) and not _TABLE_AFTER.match(match.string, match.end())


def _codes_by_length() -> dict[int, list[int]]:
    """Group country codes by the most digits that follow them.

    The codes are E.164's, by libphonenumber's metadata.
    """
    codes: dict[int, list[int]] = defaultdict(list)
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        metadata = (PhoneMetadata.metadata_for_region_or_calling_code(code, region) for region in regions)
        described = (one.general_desc for one in metadata if one)
        codes[max(chain.from_iterable(desc.possible_length for desc in described if desc))].append(code)
    return codes


def _international_pattern(join: str, plus: str = PLUS) -> re.Pattern[str]:
    """Build the pattern of a plus, a country code and its digits.

    "(0)" stands for the digit that callers inside the country dial first.
    """
    numbers = "|".join(
        rf"(?:{'|'.join(map(str, sorted(codes)))})(?:{join}\(0\))?(?:{join}\d){{4,{most}}}"
        for most, codes in sorted(_codes_by_length().items())
    )
    # "+" may join two numbers (it is a space in a form), but otherwise never stands inside a word: base64, time zones.
    return re.compile(
        rf"(?:(?<![0-9A-Z])|(?<=\d\d)|{AFTER_ESCAPE}){plus}(?=[1-9])(?:{numbers})(?!\d)(?:{EXTENSION}|(?![A-Z]))",
        re.ASCII | re.IGNORECASE,
    )


_NO_DIGIT = re.compile(rf"^{PLUS}|\(0\)|{EXTENSION}$|%20|\D", re.IGNORECASE | re.ASCII)


def _is_plausible(match: re.Match[str]) -> bool:
    """Accept a short number only if it is in use.

    Few digits, or ten without a separator, may be a signed number.
    """
    digits = _NO_DIGIT.sub("", match.group())
    is_decimal = re.fullmatch(r"\+\d+\.\d+", match.group()) is not None
    if len(digits) > 10 and not is_decimal:
        return True
    if len(digits) < 7:
        return False
    try:
        number = phonenumbers.parse("+" + digits)
        if len(digits) == 10 and digits[0] != "1" and not is_decimal and digits not in match.group():
            return phonenumbers.is_possible_number(number)
        return phonenumbers.is_valid_number(number)
    except NumberParseException:
        return False


RECOGNIZERS = (
    Recognizer(
        name="phone_north_american",
        entity="PHONE",
        gate=rf"[0-9]{{3}}(?:[-. {TYPESET}]|%20)[0-9]{{3}}(?:[-. {TYPESET}]|%20)[0-9]{{4}}"
        rf"|[0-9]{{3}}(?:\)|%29)(?:[-. +{TYPESET}]|%20)?[0-9]{{3}}(?:[-. {TYPESET}]|%20)?[0-9]{{4}}",
        gate_kind="shapes",
        pattern=_NORTH_AMERICAN,
        validate=_is_outside_table,
        max_lead=10,
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
            ("903-140-4508x769", "903-140-4508x769"),
            (r'"body":"Hi\n415-555-0132\nBye"', "415-555-0132"),
            ("电话415-555-0132号", "415-555-0132"),
            ("/call?to=%28415%29%20555-0132&x", "%28415%29%20555-0132"),
            ("/call?to=(415)+555-0132", "(415)+555-0132"),
            ("415\u2011555\u20110132", "415\u2011555\u20110132"),
        ),
        negative=(
            "155-123-4567",
            "055-123-4567",
            "555-123.4567",
            "order ORD-555-123-4567",
            "555-123-4567-8901",
            "211670ea-e679-402e-8d28-555-123-4567",
            '"GET / HTTP/1.1" 200 512 1234',
            " 3 0 512 330 1024 88 12 9000",
            "1555123456789",
            "id=5551234567",
            "2024-01-02 03:04:05.678",
        ),
    ),
    Recognizer(
        name="phone_international",
        entity="PHONE",
        gate=rf"(?:\+|＋|%2[Bb])[0-9](?:(?:[- ()./{TYPESET}]|%2[089])*[0-9]){{6}}",
        gate_kind="shapes",
        pattern=_international_pattern(JOIN),
        validate=_is_plausible,
        starts_at_gate=True,
        positive=(
            ("tel +44 20 7946 0958 ok", "+44 20 7946 0958"),
            ("+14155552671", "+14155552671"),
            ("+376712345", "+376712345"),
            ("dial +676 20-123 now", "+676 20-123"),
            ("phone=%2B14155552671&x=1", "%2B14155552671"),
            ("phone=%2B1%20415%20555%202671&x=1", "%2B1%20415%20555%202671"),
            ("/users/+14155552671/calls", "+14155552671"),
            ("Desk: +41 (0)85 806 98 67", "+41 (0)85 806 98 67"),
            ("Fon +49 (0) 30 / 1234567", "+49 (0) 30 / 1234567"),
            ("+91 4155550132", "+91 4155550132"),
            ("+54 11 2342-1448", "+54 11 2342-1448"),
            ("+1 4155552671 200 ms", "+1 4155552671"),
            ("+44 20 7946 0958 10:00:01", "+44 20 7946 0958"),
            ("+49 30 1234567 2024-01-01", "+49 30 1234567"),
            ("+33 1 23 45 67 89 12ms", "+33 1 23 45 67 89"),
            ("+33 1 23 45 67 89 200", "+33 1 23 45 67 89"),
            ("+1-903-140-4508x769", "+1-903-140-4508x769"),
            ("tel:+1-201-555-0123;ext=77", "+1-201-555-0123;ext=77"),
            ("registrant +1.7035555555", "+1.7035555555"),
            ("to=14155552671+442079460958", "+442079460958"),
            ("sip:+14155552671@10.x.y.z", "+14155552671"),
        ),
        negative=(
            "2024-01-01T12:00:00+0100",
            "+02:00",
            "diff +1234567",
            "+49 1234",
            "heap +12345678",
            "bytes +86400000",
            "size +33554432 -1048576",
            "delta +5368709120",
            "+1.2345678",
            "a+14155552671",
            "+1234567890123456",
            "+20240101120000",
            "@@ -1234,7 +1234,8 @@",
            "+0 123 456 789",
            "+999 123 456 789",
        ),
    ),
    Recognizer(
        name="phone_international_form",
        entity="PHONE",
        gate=r"%2[Bb][0-9](?:[-.+()]*[0-9]){6}",
        gate_kind="shapes",
        pattern=_international_pattern(r"\)?[-.+]?\(?", plus="%2B"),
        validate=_is_plausible,
        positive=(
            ("phone=%2B44+20+7946+0958&x=1", "%2B44+20+7946+0958"),
            ("To=%2B1+(415)+555-0132", "%2B1+(415)+555-0132"),
        ),
        negative=("phone=%2B44+20", "q=%2B1+2+3"),
    ),
)
