"""Numbers of devices (IMEI) and vehicles (VIN)."""

import re

from redaction.fragments.boundaries import GATE_END, NUMBER_END, NUMBER_START
from redaction.fragments.labelled import labelled_gate, labelled_pattern
from redaction.fragments.numbers import LONG_NUMBER_GATE, has_other_label, passes_luhn, starts_number
from redaction.recognizer import Recognizer

_IMEI_WORDS = (
    "imei",
    "imei1",
    "imei2",
    "imei number",
    "imei no",
    "imeisv",
    "imei sv",
    "imei/sv",
    "device imei",
    "meid",
)
_IMEI_GROUPS = r"\d{2}(?P<join>[-/ ]?)\d{6}(?P=join)\d{6}"
_VIN_WORDS = (
    *("vin", "vin number", "vin no", "vins", "vehicle identification number", "vehicle identification no"),
    *("vehicle id number", "vehicle id", "chassis number", "chassis no", "chassis", "fahrgestellnummer", "vehicle vin"),
)
# 49 CFR 565.15: letters without I, O and Q; a year code without U, Z and 0; the serial number ends in four digits.
_VIN = r"[A-HJ-NPR-Z0-9]{9}[A-HJ-NPR-TV-Y1-9][A-HJ-NPR-Z0-9]{3}\d{4}"
# Somewhere behind the maker is a letter, and then come only digits.
_ENDS_AFTER_LETTER = re.compile(r"\A.{4,12}[A-Z]\d{4,12}\Z", re.ASCII)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "012345678912345678123457923456789"), strict=True))


def _is_imei(match: re.Match[str]) -> bool:
    """Check Luhn over all 15 digits (3GPP TS 23.003 annex B)."""
    return passes_luhn(re.sub(r"\D", "", match.group()))


def _is_bare_imei(match: re.Match[str]) -> bool:
    number = match.group()
    return number[:2] in ("35", "86") and passes_luhn(number) and starts_number(match) and not has_other_label(match)


def _is_vin(match: re.Match[str]) -> bool:
    """Check the ninth character of a VIN (49 CFR 565.15(c)).

    It is the weighted sum of all characters modulo 11, X for ten.
    """
    number: str = match.group()
    if not (starts_number(match) and _ENDS_AFTER_LETTER.search(number)):
        return False
    total = sum(weight * _VIN_VALUES[sign] for weight, sign in zip(_VIN_WEIGHTS, number, strict=True))
    return number[8] == "0123456789X"[total % 11]


def _has_digits_and_letters(match: re.Match[str]) -> bool:
    value: str = match["value"]
    return 4 <= sum(sign.isdigit() for sign in value) < len(value)


RECOGNIZERS = (
    Recognizer(
        name="imei_labelled",
        entity="IMEI",
        gate=labelled_gate(_IMEI_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_IMEI_WORDS, rf"{_IMEI_GROUPS}(?:(?P=join)\d{{1,2}})?{NUMBER_END}", re.ASCII),
        starts_at_gate=True,
        positive=(
            ("device imei=354857380637434 registered", "354857380637434"),
            ('"imei": "35-209900-176148-1"', "35-209900-176148-1"),
            ("IMEI1: 35 209900 176148 1,", "35 209900 176148 1"),
            ("deviceImei:3568680000414120", "3568680000414120"),
            ("imei=35/209900/176148/1", "35/209900/176148/1"),
        ),
        negative=("imei=unknown", "imei=1234567", "simeim 354857380637434000", "imei=12345678901234567"),
    ),
    Recognizer(
        name="imei_groups",
        entity="IMEI",
        gate=r"[0-9]{6}-[0-9]{6}-[0-9]",
        gate_kind="shapes",
        pattern=re.compile(rf"{NUMBER_START}\d{{2}}-\d{{6}}-\d{{6}}-\d{NUMBER_END}", re.ASCII),
        validate=_is_imei,
        positive=(("attach 35-209900-176148-1 ok", "35-209900-176148-1"),),
        negative=("35-209900-176148-2", "35-209900-176148-12", "1-35-209900-176148-1"),
    ),
    # GSMA TS.06: allocations begin with the reporting body's code; nearly all with 35 (BABT) or 86 (TAF).
    Recognizer(
        name="imei_digits",
        entity="IMEI",
        gate=LONG_NUMBER_GATE,
        gate_kind="prefixes",
        pattern=re.compile(rf"[38][56]\d{{13}}{NUMBER_END}", re.ASCII),
        validate=_is_bare_imei,
        max_lead=0,
        positive=(("attach request from 354857380637434", "354857380637434"), ("861234567890119", "861234567890119")),
        negative=("354857380637435", "order 354857380637434", "904857380637434", "1354857380637434"),
    ),
    Recognizer(
        name="vin",
        entity="VIN",
        gate=rf"[A-Z0-9]{{4}}[A-Z][0-9]{{4,12}}{GATE_END}",
        gate_kind="shapes",
        pattern=re.compile(rf"{_VIN}{NUMBER_END}", re.ASCII),
        validate=_is_vin,
        max_lead=17,
        positive=(
            ("fleet VH3M1B683FP853866 odo=2062817", "VH3M1B683FP853866"),
            ("/vehicles/1HGCM82633A004352/trips", "1HGCM82633A004352"),
            ("1M8GDM9AXKP042788", "1M8GDM9AXKP042788"),
        ),
        negative=(
            "1HGCM82633A004353",
            "1HGCM82633A00435",
            "11111111111111111",
            "1HGCM82633A004352F",
            "1Z5R89390357567123",
            "X1HGCM82633A004352",
            "5UXWX7C5*BA123456",
        ),
    ),
    # Outside North America the ninth place is free.
    Recognizer(
        name="vin_labelled",
        entity="VIN",
        gate=labelled_gate(_VIN_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_VIN_WORDS, rf"(?i:[A-HJ-NPR-Z0-9]{{17}}){NUMBER_END}", re.ASCII),
        validate=_has_digits_and_letters,
        starts_at_gate=True,
        positive=(
            ("vin=WVWZZZ1JZXW000001 odo=53", "WVWZZZ1JZXW000001"),
            ('"vehicleVin":"wvwzzz1jzxw000001"', "wvwzzz1jzxw000001"),
            ("VIN# SALLAAA146A000002 sold", "SALLAAA146A000002"),
            ("Chassis No: WVWZZZ1JZXW000001", "WVWZZZ1JZXW000001"),
        ),
        negative=("having WVWZZZ1JZXW000001", "vin=unavailable", "vin=12345678901234567", "Kevin WVWZZZ1JZXW000001"),
    ),
)
