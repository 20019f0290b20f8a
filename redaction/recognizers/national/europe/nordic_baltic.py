"""National numbers of the Nordic and Baltic countries.

Sweden, Finland, Norway, Denmark, Iceland, Estonia, Lithuania, Latvia.
"""

import re

from stdnum import luhn
from stdnum.dk import cpr, cvr
from stdnum.ee import ik
from stdnum.fi import hetu, ytunnus
from stdnum.is_ import kennitala
from stdnum.lt import asmens
from stdnum.lv import pvn
from stdnum.no import fodselsnummer
from stdnum.se import orgnr, personnummer

from redaction.fragments.boundaries import GATE_DIGIT_START, GATE_END
from redaction.fragments.national import NATIONAL_ID, id_keywords, id_pattern, passes_any
from redaction.recognizer import Recognizer

_STAMP = re.compile(r"\d{6}-[01]\d[0-5]\d|\d{6}-2[0-3][0-5]\d")


def _is_hetu(value: str) -> bool:
    return hetu.is_valid(value.upper(), allow_temporary=True)


def _is_personnummer(value: str) -> bool:
    """Verify a Swedish personal or coordination number.

    Swedish Tax Agency, SKV 704: the day of a coordination number is 60 more.
    """
    plain = re.sub(r"[-+]", "", value)
    day = int(plain[-6:-4])
    month = int(plain[-8:-6])
    return 1 <= month <= 12 and 1 <= (day - 60 if day > 60 else day) <= 31 and luhn.is_valid(plain[-10:])


def _is_no_timestamp(value: str) -> bool:
    """Reject time stamps such as 20240131-1230 and 240131-1230.

    One in ten of them would have the right check digit.
    """
    recent = value.startswith("20") or (len(value) == 11 and "05" <= value[:2] <= "49")
    return not (recent and value[-4:-2] < "24" and "00" <= value[-2:] < "60")


RECOGNIZERS = (
    Recognizer(
        name="se_personnummer",
        entity=NATIONAL_ID,
        gate=rf"[0-9]{{6}}[-+][0-9]{{4}}{GATE_END}",
        gate_kind="shapes",
        pattern=id_pattern(r"(?:18|19|20)?\d{6}[-+]\d{4}"),
        validate=lambda match: _is_personnummer(match["value"]) and _is_no_timestamp(match["value"]),
        max_lead=2,
        positive=(
            ("user 811228-9874 logged in", "811228-9874"),
            ("kund=19811228-9874", "19811228-9874"),
            ("670919+9530", "670919+9530"),
            ("samordning 701063-2391", "701063-2391"),
        ),
        negative=(
            "811228-9875",
            "811328-9874",
            "backup 20240131-1231",
            "backup 20240131-1239",
            "240131-1230 240131-1238",
            "order 1-811228-9874",
            "811228-9874-1",
        ),
    ),
    Recognizer(
        name="se_personnummer_digits",
        entity=NATIONAL_ID,
        gate=rf"{GATE_DIGIT_START}19[0-9]{{2}}[01][0-9][0-3][0-9]{{5}}{GATE_END}",
        gate_kind="prefixes",
        pattern=id_pattern(r"19\d{2}[01]\d[0-3]\d{5}"),  # those of this century look like a timestamp
        validate=passes_any(personnummer.is_valid),
        max_lead=0,
        positive=(("kund 198112289874 inloggad", "198112289874"),),
        negative=("198112289875", "198113289874", "201112289870", "1981122898740", "x-198112289874"),
    ),
    Recognizer(
        name="se_personnummer_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"(?:18|19|20)?\d{6}[-+ ]?\d{4}"),
        validate=passes_any(_is_personnummer, personnummer.is_valid),
        context=id_keywords(
            "personnummer, person nummer, personnr, person nr, samordningsnummer, swedish id, svensk id, "
            "personal identity number, personal identity no, personal identity code, pnr, ssn se, se ssn"
        ),
        positive=(
            ("personnummer=8112289874", "8112289874"),
            ('"personNummer":"198112289874"', "198112289874"),
            ("My personal identity code is: 189110089811. Thank you.", "189110089811"),
        ),
        negative=("personnummer=8112289875", "ts=8112289874", "pnr=ABC123"),
    ),
    Recognizer(
        name="se_orgnr",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"(?:16)?\d{6}-?\d{4}"),
        validate=passes_any(orgnr.is_valid),
        context=id_keywords("organisationsnummer, organisations nr, orgnummer, org nummer, orgnr, org nr"),
        positive=(("orgnr=556036-0793", "556036-0793"), ("organisationsnummer: 1234567897", "1234567897")),
        negative=("orgnr=556036-0794", "org 5560360793"),
    ),
    Recognizer(
        name="fi_hetu",
        entity=NATIONAL_ID,
        gate=rf"[0-9]{{6}}[-+A-Z][0-9]{{3}}[0-9A-Za-z]{GATE_END}",
        gate_kind="shapes",
        pattern=id_pattern(r"\d{6}(?:[-+A-FU-Y]\d{3}[0-9A-Y]|[-+]\d{3}[a-y])"),
        validate=lambda match: _is_hetu(match["value"]) and not _STAMP.fullmatch(match["value"]),
        starts_at_gate=True,
        positive=(
            ("hetu=131052-308T", "131052-308T"),
            ("asiakas 010594Y9032 kirjautui", "010594Y9032"),
            ('"ssn":"131052-308t"', "131052-308t"),
        ),
        negative=(
            "131052-308U",
            "131052/308T",
            "321052-308T",
            "sha 131052a308t",
            "x-131052-308T",
            "230915-0109",
            "111111-111A",
        ),
    ),
    Recognizer(
        name="fi_hetu_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{6}[a-fu-y]\d{3}[0-9a-y]"),
        validate=passes_any(_is_hetu),
        context=id_keywords("hetu, henkilötunnus, henkilotunnus, henkilötunnuksen, personbeteckning, finnish id"),
        positive=(("hetu=010594y9032", "010594y9032"), ("henkilötunnus: 010594y9032", "010594y9032")),
        negative=("hetu=010594y9033", "sha 010594a9032"),
    ),
    Recognizer(
        name="fi_business_id",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{7}-\d"),
        validate=passes_any(ytunnus.is_valid),
        context=id_keywords("ytunnus, y tunnus, fo nummer, business id"),
        positive=(("Y-tunnus 2077474-0", "2077474-0"), ("business_id=2077474-0", "2077474-0")),
        negative=("Y-tunnus 2077474-1", "build 2077474-0"),
    ),
    Recognizer(
        name="no_fodselsnummer",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{6}[ -]?\d{5}"),
        validate=passes_any(fodselsnummer.is_valid),
        context=id_keywords(
            "fødselsnummer, fodselsnummer, foedselsnummer, fødselsnr, fodselsnr, fnr, d nummer, "
            "personnummer, norwegian id, norwegian national id, national identity number"
        ),
        positive=(
            ("fødselsnummer: 15108695088", "15108695088"),
            ("fodselsnummer=151086 95088", "151086 95088"),
            ('{"fnr":"15108695088"}', "15108695088"),
        ),
        negative=("fnr=15108695077", "id=15108695088"),
    ),
    Recognizer(
        name="dk_cpr",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{6}[- ]?\d{4}"),
        validate=passes_any(cpr.is_valid),
        context=id_keywords("cpr, cpr nummer, cpr nr, cpr no, cpr number, cprnr, personnummer, danish id"),
        positive=(("CPR-nr. 211062-5629", "211062-5629"), ("cpr_number=2110625629", "2110625629")),
        negative=("cpr=511062-5629", "job 211062-5629"),
    ),
    Recognizer(
        name="dk_cvr",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"(?:DK ?)?\d{2} ?\d{2} ?\d{2} ?\d{2}"),
        validate=passes_any(cvr.is_valid),
        context=id_keywords("cvr, cvr nummer, cvr nr, cvr no"),
        positive=(("CVR-nr 13585628", "13585628"), ("cvr: 13 58 56 28", "13 58 56 28")),
        negative=("cvr=13585627", "pid 13585628"),
    ),
    Recognizer(
        name="is_kennitala",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{6}-?\d{4}"),
        validate=passes_any(kennitala.is_valid),
        context=id_keywords("kennitala, kennitolu, icelandic id", keys="kt"),
        positive=(("kennitala=450401-3150", "450401-3150"), ("kt. 1201743399", "1201743399")),
        negative=("kennitala=320401-3151", "skt 1201743399"),
    ),
    Recognizer(
        name="ee_isikukood",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-8]\d{10}"),
        validate=passes_any(ik.is_valid),
        context=id_keywords("isikukood, isiku kood, estonian id, personal code", keys="ik"),
        positive=(("isikukood=36805280109", "36805280109"), ("personalCode: 36805280109", "36805280109")),
        negative=("isikukood=36805280108", "isik 36805280109"),
    ),
    Recognizer(
        name="lt_asmens_kodas",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-9]\d{10}|\d{3}-\d{3}-\d{3}-\d{2}|[1-6] ?\d{6} ?\d{4}"),
        validate=lambda match: asmens.is_valid(match["value"].replace("-", "").replace(" ", "")),
        context=id_keywords("asmens kodas, asmens kodo, asmenskodas, personal code, lithuanian id", keys="ak"),
        positive=(
            ("asmens kodas: 333-092-400-64", "333-092-400-64"),
            ('"asmens_kodas": "33309240064"', "33309240064"),
        ),
        negative=("asmens kodas: 33309240063", "kodas 33309240064"),
    ),
    Recognizer(
        name="lv_personas_kods",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[0-3]\d{5}-?\d{5}"),
        validate=passes_any(
            pvn.is_valid, lambda value: value.startswith("32")
        ),  # those without a birth date: any serial
        context=id_keywords("personas kods, personas kodu, personas kodam, personaskods, personal code, latvian id"),
        positive=(
            ("personas_kods=161175-19997", "161175-19997"),
            ("personas kods: 32001010003", "32001010003"),
            ("Personas kods: 16117519997", "16117519997"),
        ),
        negative=("personas_kods=161375-19997", "kods 161175-19997"),
    ),
)
