"""Health care: NPI, DEA and Medicare numbers, medical records."""

import re

from redaction.fragments.boundaries import NUMBER_END, NUMBER_START
from redaction.fragments.labelled import labelled_gate, labelled_pattern
from redaction.fragments.numbers import passes_luhn
from redaction.recognizer import Recognizer

_NPI_WORDS = (
    *("npi", "npi number", "npi no", "national provider identifier", "national provider id", "provider identifier"),
    *("provider id", "provider number", "rendering provider", "billing provider", "referring provider"),
    *("attending provider", "ordering provider", "provider npi", "prescriber id", "prescriber npi", "npis"),
)
_DEA_WORDS = (
    *("dea", "dea number", "dea no", "dea registration", "dea registration number", "dea license"),
    *("certificate number", "prescriber dea", "medical license", "medical license number", "dea id"),
)
_MBI_WORDS = (
    *("mbi", "medicare", "medicare id", "medicare number", "medicare beneficiary identifier", "beneficiary id"),
    *("medicare beneficiary", "medicare no", "mbi number", "medicare beneficiary id"),
)
_RECORD_WORDS = (
    *("mrn", "medical record", "medical record number", "medical record no", "medical record num", "medical record id"),
    *("med rec", "med rec no", "medrec", "health record number", "health record no", "chart number", "chart no"),
    *("patient record number", "patient mrn", "patient number", "hospital number", "patient chart", "mrn number"),
)

# CMS, "Understanding the Medicare Beneficiary Identifier (MBI) Format": C numeric 1-9, A alphabetic without S, L, O, I,
# B and Z, N numeric, AN both: C A AN N - A AN N - A A N N.
_A, _AN = "[AC-HJKMNP-RT-Y]", "[0-9AC-HJKMNP-RT-Y]"
_MBI = rf"[1-9]{_A}{_AN}\d(?P<join>-?){_A}{_AN}\d(?P=join){_A}{{2}}\d\d"
_MBI_GATE = "[0-9][A-Z][0-9A-Z][0-9]-?[A-Z][0-9A-Z][0-9]-?[A-Z][A-Z][0-9][0-9]"


def _is_npi(match: re.Match[str]) -> bool:
    """Check Luhn over 80840 and the number.

    CMS, "National Provider Identifier Standard", check digit.
    """
    return passes_luhn("80840" + match["value"])


def _is_dea(match: re.Match[str]) -> bool:
    """Verify a DEA registration (21 CFR 1301).

    The first, third and fifth digit and twice the others sum up to a number that ends in the seventh.
    """
    digits = [int(digit) for digit in match["value"][-7:]]
    return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


RECOGNIZERS = (
    Recognizer(
        name="us_npi",
        entity="US_NPI",
        gate=labelled_gate(_NPI_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_NPI_WORDS, rf"\d{{10}}{NUMBER_END}", re.ASCII),
        validate=_is_npi,
        starts_at_gate=True,
        positive=(
            ("provider npi=1257236707 claim=484032671045", "1257236707"),
            ("Provider identifier 1245319599", "1245319599"),
            ('"billingProvider":{"npi":"1234567893"}', "1234567893"),
            ("NPI# 1245319599 not enrolled", "1245319599"),
            ("rendering_provider_npi: 1245319599", "1245319599"),
            ("<NPI>1245319599</NPI>", "1245319599"),
        ),
        negative=(
            "npi: 1234567890",
            "npi: 12345678931",
            "id 1245319599",
            "npi check took 1245319599",
            "snpi=1245319599",
        ),
    ),
    # DEA registration numbers: a letter for the kind of registrant, one of the name (or 9), seven digits.
    Recognizer(
        name="us_dea",
        entity="MEDICAL_LICENSE",
        gate=labelled_gate(_DEA_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_DEA_WORDS, rf"(?i:[A-Z][A-Z9])\d{{7}}{NUMBER_END}", re.ASCII),
        validate=_is_dea,
        starts_at_gate=True,
        positive=(
            ("dea number: MJ1234563 done", "MJ1234563"),
            ("my certificate number is: BB1388568", "BB1388568"),
            ('"prescriberDea":"F91234563"', "F91234563"),
            ("DEA#: AB1234563", "AB1234563"),
        ),
        negative=("The DEA number is  BG8207031", "idea AB1234563", "update KB1234563 installed", "dea=AB123456"),
    ),
    Recognizer(
        name="us_mbi",
        entity="US_MBI",
        gate=_MBI_GATE,
        gate_kind="shapes",
        pattern=re.compile(rf"{NUMBER_START}{_MBI}{NUMBER_END}", re.ASCII),
        positive=(
            ("Medicare ID: 3CD5-FG7-HJ89", "3CD5-FG7-HJ89"),
            ("1EG4-TE5-MK73", "1EG4-TE5-MK73"),
            ("eligibility 4EF6GH8JK12 active", "4EF6GH8JK12"),
            ('"subscriber":"1EG4TE5MK73"', "1EG4TE5MK73"),
        ),
        negative=("0EG4-TE5-MK73", "1SG4-TE5-MK73", "1EG4TE5-MK73", "1eg4te5mk73", "A1EG4TE5MK73", "1EG4-TE5-MK73-2"),
    ),
    Recognizer(
        name="us_mbi_labelled",
        entity="US_MBI",
        gate=labelled_gate(_MBI_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_MBI_WORDS, rf"(?i:{_MBI}){NUMBER_END}", re.ASCII),
        starts_at_gate=True,
        positive=(("mbi=1eg4te5mk73", "1eg4te5mk73"), ("medicare_id: 1eg4-te5-mk73", "1eg4-te5-mk73")),
        negative=("1eg4te5mk73", "mbi=0eg4te5mk73", "medicare plan 12345678901"),
    ),
    Recognizer(
        name="medical_record",
        entity="MEDICAL_RECORD",
        gate=labelled_gate(_RECORD_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_RECORD_WORDS, rf"(?:[A-Za-z]{{1,4}}-?)?\d{{5,12}}{NUMBER_END}", re.ASCII),
        starts_at_gate=True,
        positive=(
            ("mrn=00482913 admitted", "00482913"),
            ('"medicalRecordNumber": "MR-4829131"', "MR-4829131"),
            ("patient_mrn: 482913", "482913"),
            ("Medical Record No. 12345678", "12345678"),
            ("PID MRN#H1234567", "H1234567"),
        ),
        negative=("mrn=none", "record 12345678", "mrnx=12345678", "chart 12345678", "mrn=1234"),
    ),
)
