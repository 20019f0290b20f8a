"""National numbers of African countries.

South Africa, Nigeria, Kenya, Ghana, Uganda. Egypt is in `middle_east`.
"""

import re

from stdnum import luhn
from stdnum.ke import pin as kra_pin
from stdnum.za import idnr as za_idnr
from stdnum.za import tin as za_tin

from redaction.fragments.national import NATIONAL_ID, id_keywords, id_pattern, passes_any
from redaction.recognizer import Recognizer


def _is_za_id(value: str) -> bool:
    """Verify a South African identity number.

    Home Affairs: citizen 0, permanent resident 1, refugee 2; stdnum accepts only the first two.
    """
    plain = re.sub(r"[ -]", "", value)
    return za_idnr.is_valid(plain) or (
        plain[10] == "2" and 1 <= int(plain[2:4]) <= 12 and 1 <= int(plain[4:6]) <= 31 and luhn.is_valid(plain)
    )


RECOGNIZERS = (
    Recognizer(
        name="za_id",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{13}|\d{6} \d{4} \d{3}|\d{6} \d{4} \d{2} \d"),
        validate=passes_any(_is_za_id),
        context=id_keywords(
            "za id, sa id, rsa id, id number, identity number, identity no, id no, idnumber, "
            "south african id, south africa id, permanent resident, refugee id, id nommer, "
            "identiteitsnommer, national id, id num, identity, identification number"
        ),
        positive=(
            ("za_id=8001015009087", "8001015009087"),
            ("RSA ID: 0002294321191", "0002294321191"),
            ('"idNumber":"8001015009087"', "8001015009087"),
            ("Refugee ID number 0001015002288 is on file.", "0001015002288"),
        ),
        negative=("za_id=8001015009086", "ts=8001015009087", "SA ID 80010150090870", "id number 1700000000123"),
    ),
    Recognizer(
        name="za_tax",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[01239]\d{9}"),
        validate=passes_any(za_tin.is_valid),
        context=id_keywords("sars, income tax number, tax reference, sars tax, south african tax"),
        positive=(("sars_tax=0001339050", "0001339050"),),
        negative=("sars=0001339051", "ts=0001339050"),
    ),
    Recognizer(
        name="ng_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        # NIMC and the Central Bank of Nigeria: eleven digits, no published check digit.
        pattern=id_pattern(r"\d{11}|\d{4}-\d{3}-\d{4}|\d{4} \d{3} \d{4}"),
        context=id_keywords(
            "nigerian national, nimc",
            keys="nin, bvn, bank verification, national identification",
            initial="[0-9]{4}[ -]?[0-9]{3}",
        ),
        positive=(
            ("nin=12345678901", "12345678901"),
            ('"bvn": "22212345678"', "22212345678"),
            ("NIN: 1234-567-8901", "1234-567-8901"),
        ),
        negative=("nin=123456789012", "admin=12345678901", "nin or 12345678901"),
    ),
    Recognizer(
        name="ke_kra_pin",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[APap]\d{9}[A-Za-z]"),
        validate=passes_any(kra_pin.is_valid),
        context=id_keywords("kra, kra pin, krapin", keys="pin", initial=r"[APap]"),
        positive=(("kra_pin=P051365947M", "P051365947M"), ("PIN: A004416331M", "A004416331M")),
        negative=("kra_pin=C051365947M", "part A004416331M"),
    ),
    Recognizer(
        name="gh_card",
        entity=NATIONAL_ID,
        gate=r"GHA-[0-9]{9}-[0-9]",
        gate_kind="prefixes",
        pattern=id_pattern(r"GHA-\d{9}-\d"),
        positive=(("ghana_card=GHA-123456789-0", "GHA-123456789-0"),),
        negative=("GHA-12345678-0", "XGHA-123456789-0"),
    ),
    Recognizer(
        name="ug_nin_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        # NIRA: C for a citizen, sex, year of birth, then nine characters.
        pattern=id_pattern(r"[CAca][MFmf]\d{2}[0-9A-Za-z]{9}[A-Za-z]"),
        context=id_keywords(
            "nira, ugandan id", keys="nin, national id, national identification", initial="[CAca][MFmf][0-9]{2}"
        ),
        positive=(("nin=CM930121003EGE", "CM930121003EGE"),),
        negative=("nin=XM930121003EGE", "file CM930121003EGE"),
    ),
)
