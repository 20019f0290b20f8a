"""National and tax numbers whose key does not name the country."""

import re

from stdnum.be import ssn as be_ssn
from stdnum.bg import egn
from stdnum.br import cpf
from stdnum.cn import ric
from stdnum.de import idnr
from stdnum.ee import ik
from stdnum.es import nif as es_nif
from stdnum.eu import vat
from stdnum.fr import nir
from stdnum.gb import vat as gb_vat
from stdnum.gr import amka
from stdnum.kr import rrn
from stdnum.lt import asmens
from stdnum.my import nric as mykad
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.si import emso
from stdnum.tr import tckimlik
from stdnum.za import idnr as za_idnr

from redaction.fragments.national import NATIONAL_ID, id_keywords, keyed_id_pattern
from redaction.recognizer import Recognizer

# Checks that random numbers seldom pass: two check digits, or one and a date, or letters.
_STRONG = {
    9: (lambda signs: not signs.isdigit() and es_nif.is_valid(signs),),
    10: (egn.is_valid, personnummer.is_valid),
    11: (
        be_ssn.is_valid,
        cpf.is_valid,
        idnr.is_valid,
        ik.is_valid,
        asmens.is_valid,
        fodselsnummer.is_valid,
        pesel.is_valid,
        amka.is_valid,
        tckimlik.is_valid,
    ),
    12: (mykad.is_valid, personnummer.is_valid),
    13: (cnp.is_valid, emso.is_valid, rrn.is_valid, za_idnr.is_valid),
    15: (nir.is_valid,),
    18: (ric.is_valid,),
}

# One run of letters and digits, or groups of digits; letters alone are no number.
_NUMBER = r"[0-9]{1,6}(?: [0-9]{1,6}){1,6}|[0-9A-Za-z]{1,18}(?:[./-][0-9A-Za-z]{1,10}){0,5}"

_NATIONAL = (
    "national id, nationalid, natl id, national identity, national identification, national number, national id no, "
    "national id number, national id card, national identity number, national identity card, "
    "national identification number, citizen id, citizen number, citizenship number, civil id, resident id, "
    "residence id, government id, govt id, personal identification number, personal identity number, "
    "personal identity code, tax id, taxid, tax number, tax no, tax code, tax identification, "
    "tax identification number, tax payer id, taxpayer id, taxpayer number, taxpayer identification, "
    "taxpayer identification number, tin, fiscal code, fiscal number, fiscal id"
)
_IDENTITY = (
    "id card, identity card, identity number, identity no, identity document, identification number, id number, "
    "id document, personal id, personal number, personal code, personal no, social security, social security number, "
    "ssn"
)
_VAT = (
    "vat, vat id, vat number, vat reg, vat registration, vatin, vies, ust, ust id, ust idnr, ust id nr, ustid, "
    "ustidnr, uid, umsatzsteuer id, tva, n tva, tva intracommunautaire, btw, iva, p iva, partita iva, moms, mva, alv, "
    "dph, ic dph, pvm, kmkr, ddv, pdv, nif, nip, tax id, dič, dic, áfa, afa, ндс"
)


def _plain(value: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", value).upper()


def _is_number(match: re.Match[str]) -> bool:
    signs = _plain(match["value"])
    return 8 <= len(signs) <= 18 and sum(sign.isdecimal() for sign in signs) >= 6


def _is_valid_in_a_country(match: re.Match[str]) -> bool:
    signs = _plain(match["value"])
    return any(check(signs) for check in _STRONG.get(len(signs), ()))


def _is_vat(match: re.Match[str]) -> bool:
    signs = _plain(match["value"])
    return vat.is_valid(signs) or (signs.startswith("GB") and gb_vat.is_valid(signs))


RECOGNIZERS = (
    Recognizer(
        name="national_id_key",
        entity=NATIONAL_ID,
        gate=id_keywords(keys=_NATIONAL, initial="[0-9A-Za-z]").gate,
        gate_kind="words",
        pattern=keyed_id_pattern(_NATIONAL, _NUMBER),
        validate=_is_number,
        starts_at_gate=True,
        positive=(
            ("national_id=12345678901", "12345678901"),
            ('{"nationalIdNumber":"85.07.30-033.27"}', "85.07.30-033.27"),
            ("national identity card: A123456789", "A123456789"),
            ("citizenId: 1-2345-67890-12-1", "1-2345-67890-12-1"),
            ("TIN: 36574261809", "36574261809"),
            ('"taxId":"GODE561231GR8"', "GODE561231GR8"),
        ),
        negative=(
            "national_id=null",
            "national_id=12345",
            "international identity=12345678901",
            "national id of 12345678901",
            "satin=36574261809",
            "tax_id=null",
        ),
    ),
    Recognizer(
        name="identity_number_key",
        entity=NATIONAL_ID,
        gate=id_keywords(keys=_IDENTITY, initial="[A-Za-z]{0,6}[- ]?[0-9][-0-9A-Za-z ./]").gate,
        gate_kind="words",
        pattern=keyed_id_pattern(_IDENTITY, _NUMBER),
        validate=_is_valid_in_a_country,
        starts_at_gate=True,
        positive=(
            ("personal_id=8001015009087", "8001015009087"),
            ('"ssn": "151024610204325"', "151024610204325"),
            ("identity number 10000000146", "10000000146"),
        ),
        negative=("id number 4", "order id number: 12345678901", "personal_id=8001015009086"),
    ),
    Recognizer(
        name="eu_vat",
        entity=NATIONAL_ID,
        gate=id_keywords(keys=_VAT, initial="[A-Z]{2}[- ]?[0-9A-Z]{2}").gate,
        gate_kind="words",
        pattern=keyed_id_pattern(
            _VAT,
            r"[A-Z]{2}[ -]?[0-9]{2,4}(?:[ .-][0-9]{2,4}){1,4}|[A-Z]{2}[ -]?(?=[0-9A-Z]{0,4}[0-9]{2})[0-9A-Z]{2,13}",
        ),
        validate=_is_vat,
        starts_at_gate=True,
        positive=(
            ("vat=NL4495445B01", "NL4495445B01"),
            ("USt-IdNr. DE136695976", "DE136695976"),
            ("TVA FR40303265045", "FR40303265045"),
            ("btw_nummer=BE0428759497", "BE0428759497"),
            ("VAT no GB980780684", "GB980780684"),
        ),
        negative=("vat=DE136695977", "ref DE136695976", "tva FR40303265046", "vat=20.00", "vat: included"),
    ),
)
