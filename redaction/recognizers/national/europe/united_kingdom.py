"""National numbers of the United Kingdom and Ireland."""

import re

from stdnum.gb import nhs, utr
from stdnum.ie import pps

from redaction.fragments.national import NATIONAL_ID, id_keywords, id_pattern, passes_any
from redaction.recognizer import Recognizer

# HMRC, National Insurance Manual NIM39110: neither letter is D, F, I, Q, U or V, the second isn't O, some pairs are not
# given out, and the suffix is A to D. There is no check digit.
_NINO_PREFIX = r"(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]"


def _is_nino(value: str) -> bool:
    return re.match(_NINO_PREFIX, value.upper()) is not None


def _is_pps(value: str) -> bool:
    """Verify an Irish PPS number.

    Older ones have a W and more behind the check letter, which told spouses apart.
    """
    plain = value.replace("/", "")
    return pps.is_valid(plain) or pps.is_valid(plain[:8])


RECOGNIZERS = (
    Recognizer(
        name="uk_nhs",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{3}(?P<s>[ -]?)\d{3}(?P=s)\d{4}"),
        validate=passes_any(nhs.is_valid),
        context=id_keywords("nhs, nhs number, nhs no, nhs id, chi number, chi no, health and care number"),
        positive=(
            ('{"nhs_number":"943 476 5919"}', "943 476 5919"),
            ("nhsNumber=9434765919 ward=7", "9434765919"),
            ("NHS No: 401-023-2137", "401-023-2137"),
            ("patient (NHS 943 476 5919) admitted", "943 476 5919"),
            ("<nhsNumber>9434765919</nhsNumber>", "9434765919"),
        ),
        negative=(
            "nhs_number=9434765918",
            "queue 943 476 591",
            "id=9434765919",
            "nhs batch 94347659190",
            "nhsx 9434765919",
        ),
    ),
    Recognizer(
        name="uk_nino_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[A-Za-z]{2}(?P<s>[ -]?)\d{2}(?P<t>[ -]?)\d{2}(?P=t)\d{2}[ -]?[A-Da-d]"),
        validate=passes_any(_is_nino),
        context=id_keywords(
            "nino, national insurance, ni number, ni no, ni num, ninumber, insurance number",
            keys="ni",
            initial=r"[A-Za-z0-9]",
        ),
        positive=(
            ("nino=ab123456c", "ab123456c"),
            ("nino: PR 123612C", "PR 123612C"),
            (r"{\"nationalInsuranceNumber\":\"ab 12 34 56 c\"}", "ab 12 34 56 c"),
        ),
        negative=("national insurance number uv 98 76 54 b", "nino=AB1234567C", "nino=AB123456E", "user ab123456c"),
    ),
    Recognizer(
        name="uk_nino",
        entity=NATIONAL_ID,
        gate=r"[A-Z]{2}[0-9]{6}[A-Z]|[A-Za-z]{2} [0-9]{2} [0-9]{2} [0-9]{2} [A-Za-z]",
        gate_kind="shapes",
        pattern=id_pattern(r"[A-Z]{2}\d{6}[A-D]|[A-Za-z]{2} \d{2} \d{2} \d{2} [A-Da-d]"),
        validate=passes_any(_is_nino),
        starts_at_gate=True,
        positive=(
            ("employee JG103759A paid", "JG103759A"),
            ("hh 01 02 03 d", "hh 01 02 03 d"),
            ('["CE 58 59 58 B"]', "CE 58 59 58 B"),
        ),
        negative=("FQ 00 00 00 C", "BG123612A", "ab123456c", "sku-JG103759A", "JG103759A-2", "JG103759AB", "JG103759E"),
    ),
    Recognizer(
        name="uk_utr",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{5} ?\d{5}"),
        validate=passes_any(utr.is_valid),
        context=id_keywords("utr, unique taxpayer reference, self assessment"),
        positive=(("utr=1955839661", "1955839661"), ("UTR: 19558 39661", "19558 39661")),
        negative=("utr=2955839661", "ts=1955839661"),
    ),
    Recognizer(
        name="ie_pps",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{7}[A-Wa-w](?:/?[A-IWXa-iwx]{1,2})?"),
        validate=passes_any(_is_pps),
        context=id_keywords("ppsn, personal public service, rsi number", keys="pps", initial="[0-9]{7}[A-Wa-w]"),
        positive=(
            ("pps=6433435F", "6433435F"),
            ('"ppsn": "6433435OA"', "6433435OA"),
            ("PPS No. 1234567F/A", "1234567F/A"),
        ),
        negative=("pps=6433435E", "ref 6433435F", "12000 pps, 1234567x"),
    ),
)
