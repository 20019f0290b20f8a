"""Passports and driving licences, known by their key."""

import re

from redaction.fragments.boundaries import NUMBER_END
from redaction.fragments.labelled import labelled_gate, labelled_pattern
from redaction.recognizer import Recognizer

_LICENCE_WORDS = (
    *("driver license", "drivers license", "driver's license", "driver’s license", "driving license", "dl number"),
    *(
        "driver licence",
        "drivers licence",
        "driver's licence",
        "driver’s licence",
        "driving licence",
        "dl no",
        "dl num",
    ),
    *("driver license number", "driver license no", "drivers license number", "drivers license no", "dln", "dl id"),
    *("driver's license number", "driver's license no", "driving licence number", "driving licence no", "dlnumber"),
    *("driver lic", "drivers lic", "driver lic no", "führerschein", "führerscheinnummer", "permis de conduire"),
    *("license plate", "licence plate", "driver license id", "driver permit"),
)
_PASSPORT_WORDS = (
    *("passport", "passport number", "passport no", "passport num", "passport nr", "passport id", "passport book"),
    *("passports", "passeport", "reisepass", "reisepassnummer", "pasaporte", "passaporto", "passaporte"),
    *("us passport", "travel document", "travel document number", "travel document no", "passport card"),
)


def _digits_pattern(least: int) -> "re.Pattern[str]":
    return re.compile(rf"(?:\D*\d){{{least}}}", re.ASCII)


_FOUR_DIGITS, _FIVE_DIGITS = _digits_pattern(4), _digits_pattern(5)


def _is_licence(match: re.Match[str]) -> bool:
    return _FOUR_DIGITS.match(match["value"]) is not None


def _is_passport(match: re.Match[str]) -> bool:
    return _FIVE_DIGITS.match(match["value"]) is not None


RECOGNIZERS = (
    # AAMVA DL/ID Card Design Standard, D.12.2 lists no common form: letters and digits, hyphens or spaces, up to 25.
    Recognizer(
        name="driver_license",
        entity="US_DRIVER_LICENSE",
        gate=labelled_gate(_LICENCE_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(
            _LICENCE_WORDS,
            rf"(?=[A-Za-z]{{0,6}}[- *]?\d)[A-Za-z0-9]{{1,20}}(?:[- ](?=\d)[A-Za-z0-9]{{1,8}}){{0,4}}{NUMBER_END}",
            re.ASCII,
        ),
        validate=_is_licence,
        starts_at_gate=True,
        positive=(
            ('"driver_license":"D1234567"', "D1234567"),
            ("driversLicenseNumber=F255-921-50-094-0", "F255-921-50-094-0"),
            ("Driver's license: 123456789, CA", "123456789"),
            ("DL No. H12234567 expired", "H12234567"),
            ("driving licence MORGA657054SM9IJ", "MORGA657054SM9IJ"),
            ("dl_number: S530-4607-3456", "S530-4607-3456"),
        ),
        negative=("license 12345678", "driver license expired", "driver license: none", "dl=12345678", "dlno"),
    ),
    # ICAO Doc 9303-4: at most nine letters and digits; a check digit may follow.
    Recognizer(
        name="passport",
        entity="US_PASSPORT",
        gate=labelled_gate(_PASSPORT_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_PASSPORT_WORDS, rf"[A-Za-z0-9]{{6,10}}{NUMBER_END}", re.ASCII),
        validate=_is_passport,
        starts_at_gate=True,
        positive=(
            ("my travel passport is A12803456", "A12803456"),
            ('"passportNumber":"533380006"', "533380006"),
            ("passport_no=C01X00T47", "C01X00T47"),
            ("Passport: 12AB34567", "12AB34567"),
            ("Reisepass Nr. C4J2K3L47", "C4J2K3L47"),
            (r"{\"passport\":\"A1234567\"}", "A1234567"),
        ),
        negative=("passport expired", "passport 0.6.0", "passport: required", "passport=1234", "passport v20240101abc"),
    ),
)
