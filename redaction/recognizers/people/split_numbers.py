"""Numbers whose parts stand under keys of their own.

Examples: ssn_area=660 ssn_group=96, "phonePrefix": "555", dob_day=12. A part is a few digits that mean nothing alone,
so its key has to name both the number and the part. Keys of a card's first six and last four digits, such as card_bin,
name no part: these digits may be shown (PCI DSS 3.4.1).
"""

import re

from redaction.fragments.boundaries import NUMBER_END
from redaction.fragments.key_value import GATE_JOINT, keyed_gate, keyed_pattern
from redaction.recognizer import Recognizer

_COUNTED = tuple(f"{before}{number}" for before in ("", "part ", "segment ", "group ") for number in range(1, 5))


def _split_number(
    name: str,
    entity: str,
    numbers: tuple[str, ...],
    parts: tuple[str, ...],
    digits: str,
    positive: tuple[tuple[str, str], ...],
    negative: tuple[str, ...],
) -> Recognizer:
    """Build the recognizer of the parts of a number.

    Args:
        name: name of the recognizer.
        entity: entity of the number.
        numbers: names of the number, as `redaction.fragments.context.Context` has words.
        parts: names of its parts.
        digits: how many digits a part may have, as an `re` repetition.
        positive: examples.
        negative: examples.
    """
    words = tuple(f"{number} {part}" for number in numbers for part in parts)
    return Recognizer(
        name=name,
        entity=entity,
        gate=f"{keyed_gate(words, suffix=False)}{GATE_JOINT}[0-9]",
        gate_kind="words",
        pattern=keyed_pattern(words, rf"\d{digits}{NUMBER_END}", re.ASCII, suffix=False),
        starts_at_gate=True,
        positive=positive,
        negative=negative,
    )


RECOGNIZERS = (
    _split_number(
        "us_ssn_in_parts",
        "US_SSN",
        ("ssn", "social security", "social security number"),
        ("area", "group", "serial", "first", "middle", "mid", "last", "prefix", "suffix", "start", "end", *_COUNTED),
        "{2,4}",
        positive=(
            ("ssn_area=660 ok", "660"),
            ('{"ssnGroup":"96"}', "96"),
            (r"{\"ssn_serial\": 9868}", "9868"),
            ("?ssn1=660&x=1", "660"),
            ("SSN part 2: 96", "96"),
            ("ssn_part_3%3D9868%26", "9868"),
            ("social-security-number-last: 9868", "9868"),
        ),
        negative=("ssn_area=660969868123", "ssn_groups=96", "ssn_first=no", "session_group=96", "ssn_part=1"),
    ),
    _split_number(
        "phone_in_parts",
        "PHONE",
        (
            *("phone", "phone number", "telephone", "mobile phone", "mobile number", "cell phone"),
            *("home phone", "work phone"),
        ),
        (
            *("area", "area code", "prefix", "exchange", "central office", "line", "line number", "subscriber"),
            *("subscriber number", "suffix", "first", "middle", "last", *_COUNTED),
        ),
        "{2,8}",
        positive=(
            ("phone_area_code=212", "212"),
            ('{"phonePrefix":"555"}', "555"),
            ('"phone_line": "0142"', "0142"),
            ("mobile_number_part_2: 5550142", "5550142"),
            ("?phone1=212&", "212"),
        ),
        negative=("phone_lines=12", "phone_line=busy", "headphone_area=212 cm", "phone_country=44", "phone_area=5"),
    ),
    _split_number(
        "card_in_parts",
        "CREDIT_CARD",
        ("card number", "card no", "credit card", "credit card number", "cc number", "cc num", "debit card"),
        ("first", "second", "third", "fourth", "middle", *_COUNTED),
        "{4,12}",
        positive=(
            ("card_number_1=4111&card_no=", "4111"),
            ('"creditCardPart2": "1111"', "1111"),
            ("cc_number_middle: 111111", "111111"),
        ),
        negative=("card_number_last4=1111", "card_number_1=no", "card_numbers=4111", "discard number 1: 411"),
    ),
    _split_number(
        "birth_date_in_parts",
        "DOB",
        ("dob", "birth", "birth date", "date of birth", "birthday"),
        ("day", "month", "year", "d", "m", "y", "dd", "mm", "yy", "yyyy"),
        "{1,4}",
        positive=(
            ("dob_day=12", "12"),
            ('{"birthYear":"1990","n":1}', "1990"),
            ("?birth_month=04&", "04"),
            ("dateOfBirthDay: 7", "7"),
            ("DOB_YYYY=1990", "1990"),
        ),
        negative=("dob_year=n/a", "birth_years=1990", "dob_day_count=12", "birth_order=2"),
    ),
)
