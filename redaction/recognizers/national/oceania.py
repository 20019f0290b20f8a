"""National numbers of Australia and New Zealand."""

import re

from stdnum.au import abn, acn
from stdnum.nz import ird

from redaction.fragments.national import (
    NATIONAL_ID,
    get_digits,
    id_keywords,
    id_pattern,
    isolated_id_pattern,
    passes_any,
    weighted_sum,
)
from redaction.recognizer import Recognizer


def _plain(value: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", value)


def _is_tfn(value: str) -> bool:
    """Verify a tax file number by modulo 11.

    Australian Taxation Office: nine digits, or the older eight.
    """
    numbers = get_digits(value)
    weights = (1, 4, 3, 7, 5, 8, 6, 9, 10) if len(numbers) == 9 else (10, 7, 8, 4, 6, 3, 5, 1)
    return any(numbers) and weighted_sum(numbers, weights) % 11 == 0


def _is_medicare(value: str) -> bool:
    """Verify that the ninth digit checks the first eight.

    The rule is Services Australia's.
    """
    numbers = get_digits(value)
    return weighted_sum(numbers[:8], (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == numbers[8]


RECOGNIZERS = (
    Recognizer(
        name="au_tfn",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{3}(?P<s>[ .-]?)\d{3}(?P=s)\d{3}|\d{2}(?P<t>[ .-]?)\d{3}(?P=t)\d{3}"),
        validate=passes_any(_is_tfn),
        context=id_keywords("tfn, tax file number, tax file no, tax file, australian tax"),
        positive=(
            ("tfn=876 543 210", "876 543 210"),
            ("Tax File Number: 876543210", "876543210"),
            ('"tfn":"565.051.603"', "565.051.603"),
            ("tfn 37-118-660", "37-118-660"),
            ("tfn: 81854402", "81854402"),
        ),
        negative=("tfn=876543211", "id 876543210"),
    ),
    Recognizer(
        name="au_abn_groups",
        entity=NATIONAL_ID,
        gate=r"[0-9]{2} [0-9]{3} [0-9]{3} [0-9]{3}",
        gate_kind="shapes",
        pattern=isolated_id_pattern(r"[1-9]\d \d{3} \d{3} \d{3}"),
        validate=passes_any(abn.is_valid),
        positive=(("supplier 51 824 753 556 paid", "51 824 753 556"),),
        negative=("52 824 753 556", "51 824 753 5564", "7 51 824 753 556", "51 824 753 556 12"),
    ),
    Recognizer(
        name="au_abn",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-9]\d(?P<s>[ .-]?)\d{3}(?P=s)\d{3}(?P=s)\d{3}"),
        validate=lambda match: abn.is_valid(_plain(match["value"])),
        context=id_keywords("abn, australian business, abn number, abn acn"),
        positive=(("abn=51824753556", "51824753556"), ("ABN 51-824-753-556", "51-824-753-556")),
        negative=("abn=52824753556", "id 51824753556"),
    ),
    Recognizer(
        name="au_acn",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{3}(?P<s>[ .-]?)\d{3}(?P=s)\d{3}"),
        validate=lambda match: acn.is_valid(_plain(match["value"])),
        context=id_keywords("acn, australian company, acn number, abn acn"),
        positive=(("acn=005499981", "005499981"), ("ACN: 006 249 976", "006 249 976")),
        negative=("acn=824753557", "scacn 005499981"),
    ),
    Recognizer(
        name="au_medicare",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[2-6]\d{3}(?P<s>[ -]?)\d{5}(?:(?P=s)\d(?:[ /-]?\d)?)?"),
        validate=passes_any(_is_medicare),
        context=id_keywords("medicare, medicare number, medicare card, medicare no"),
        positive=(
            ("medicare=48867988020", "48867988020"),
            ("medicare: 5826 74635 7/1", "5826 74635 7/1"),
            ("medicareCard 2123 45670 1", "2123 45670 1"),
        ),
        negative=("medicare: 4374 2505 2", "medicare=6216795722", "id=2123456701"),
    ),
    Recognizer(
        name="nz_ird",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{2,3}(?P<s>[ -]?)\d{3}(?P=s)\d{3}"),
        validate=passes_any(ird.is_valid),
        context=id_keywords("ird number, inland revenue", keys="ird", initial="[0-9]{2,3}[ -]?[0-9]{3}"),
        positive=(("ird=49-091-850", "49-091-850"), ("IRD number 136410132", "136410132")),
        negative=("ird=136410133", "bird 136410132"),
    ),
)
