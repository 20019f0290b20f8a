"""National numbers of Germany, Austria and Switzerland."""

from stdnum.at import tin, uid, vnr
from stdnum.ch import ssn
from stdnum.ch import uid as ch_uid
from stdnum.de import stnr
from stdnum.iso7064 import mod_11_10

from redaction.fragments.boundaries import GATE_DIGIT_START
from redaction.fragments.national import NATIONAL_ID, get_digits, id_keywords, id_pattern, passes_any, weighted_sum
from redaction.recognizer import Recognizer

_SVNR_WEIGHTS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)


def _is_idnr(value: str) -> bool:
    """Verify the check digit of a German tax id.

    AO section 139b also wants a repeated digit. Numbers made up for tests have none, so it is not checked.
    """
    return mod_11_10.is_valid("".join(map(str, get_digits(value))))


def _is_svnr(value: str) -> bool:
    """Verify a German social insurance number.

    VKVV section 4: area, birth date, initial as a number of two digits, serial; the check digit of digit sums.
    """
    plain = value.replace(" ", "").upper()
    day, month = int(plain[2:4]), int(plain[4:6])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return False
    spelt = plain[:8] + f"{ord(plain[8]) - ord('A') + 1:02}" + plain[9:11]
    products = [int(digit) * weight for digit, weight in zip(spelt, _SVNR_WEIGHTS, strict=True)]
    return sum(product // 10 + product % 10 for product in products) % 10 == int(plain[11])


def _is_document_number(value: str) -> bool:
    """Verify the check digit of a German identity document.

    ICAO 9303 part 3, 4.9: weights 7, 3, 1 over nine characters, letters count from 10.
    """
    sign = value.upper()
    return weighted_sum([int(character, 36) for character in sign[:9]], (7, 3, 1) * 3) % 10 == int(sign[9])


RECOGNIZERS = (
    Recognizer(
        name="de_idnr",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-9]\d{10}|[1-9]\d(?P<s>[ /.-])\d{3}(?P=s)\d{3}(?P=s)\d{3}"),
        validate=passes_any(_is_idnr),
        context=id_keywords(
            "steuer id, steuer idnr, steuer ident nr, steuer identifikationsnummer, steueridentifikationsnummer, "
            "steuerliche identifikationsnummer, identifikationsnummer, idnr, id nr, german tax id",
            keys="tax id, tax number, tin, steuernummer, steuer nr",
            initial=r"[1-9][0-9][ /.-]?[0-9]{3}",
        ),
        positive=(
            ("steuer_id=36574261809", "36574261809"),
            ("Steuer-ID: 36 574 261 809", "36 574 261 809"),
            ("IdNr. 36574261809 liegt vor", "36574261809"),
            ('"steuerIdentifikationsnummer":"36574261809"', "36574261809"),
        ),
        negative=("steuer_id=36574261890", "auftrag 36574261809"),
    ),
    Recognizer(
        name="de_steuernummer",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{2,5}[ /]\d{3,4}[ /]\d{4,5}|\d{10,13}"),
        validate=passes_any(stnr.is_valid),
        context=id_keywords(keys="steuernummer, steuer nummer, steuernr, steuer nr, stnr, st nr"),
        positive=(("Steuernummer: 181/815/08155", "181/815/08155"), ("steuernummer=2181081508155", "2181081508155")),
        negative=("steuernummer=181/815", "pfad /181/815/08155"),
    ),
    Recognizer(
        name="de_svnr",
        entity=NATIONAL_ID,
        gate=r"[0-9]{8}[A-Z][0-9]{3}",
        gate_kind="shapes",
        pattern=id_pattern(r"\d{8}[A-Z]\d{3}"),
        validate=passes_any(_is_svnr),
        positive=(("laut Ausweis 15070649C103.", "15070649C103"), ("rvnr=20151090B023", "20151090B023")),
        negative=("15071349C103", "15070649C104", "15070649c103", "a-15070649C103", "15070649C103F"),
    ),
    Recognizer(
        name="de_svnr_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{2} ?\d ?\d{5} ?[A-Za-z] ?\d{3}"),
        validate=passes_any(_is_svnr),
        context=id_keywords(
            "svnr, sv nr, sv nummer, sozialversicherung, sozialversicherungsnummer, rentenversicherung, "
            "rentenversicherungsnummer, sozialversicherungs nr, versicherungsnummer, rvnr, rv nummer",
            keys="social security, social security number, ssn",
            initial="[0-9]{2} ?[0-9]{6} ?[A-Za-z]",
        ),
        positive=(
            ("SVNR 15 070649 C 103", "15 070649 C 103"),
            ("sozialversicherungsnummer=15070649c103", "15070649c103"),
        ),
        negative=("svnr=15 070649 C 104", "lief 15 070649 C 103"),
    ),
    Recognizer(
        name="de_personalausweis",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[0-9CFGHJ-NPRTV-Zcfghj-nprtv-z]{9}\d[Dd]?"),
        validate=passes_any(_is_document_number),
        context=id_keywords(
            "personalausweis, personalausweisnummer, personalausweis nr, ausweisnummer, ausweis nr, "
            "ausweisnr, perso nr, german id card, aufenthaltstitel"
        ),
        positive=(
            ("personalausweis=T220001293", "T220001293"),
            ("Ausweisnummer: T220001293D", "T220001293D"),
            ("personalausweis: lz6311t475", "lz6311t475"),
        ),
        negative=("personalausweis=T220001294", "token T220001293"),
    ),
    Recognizer(
        name="at_svnr",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-9]\d{3}[ -]?\d{6}"),
        validate=lambda match: vnr.is_valid(match["value"].replace("-", "")),
        context=id_keywords(
            "svnr, sv nr, sv nummer, sozialversicherungsnummer, sozialversicherung, versicherungsnummer, "
            "vsnr, austrian ssn"
        ),
        positive=(("svnr=1237-010180", "1237-010180"), ("SV-Nummer 1237 010180", "1237 010180")),
        negative=("svnr=2237 010180", "nr 1237 010180"),
    ),
    Recognizer(
        name="at_steuernummer",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{2}-?\d{3}/?\d{4}"),
        validate=passes_any(tin.is_valid),
        context=id_keywords("steuernummer, abgabenkontonummer, steuer nr", keys="stnr"),
        positive=(("Steuernummer 59-119/9013", "59-119/9013"), ("abgabenkontonummer=591199013", "591199013")),
        negative=("Steuernummer 59-119/9012", "59-119/9013"),
    ),
    Recognizer(
        name="at_uid",
        entity=NATIONAL_ID,
        gate=r"ATU[0-9]{8}",
        gate_kind="prefixes",
        pattern=id_pattern(r"ATU\d{8}"),
        validate=passes_any(uid.is_valid),
        positive=(("uid=ATU13585627", "ATU13585627"),),
        negative=("uid=ATU13585626", "BATU13585627"),
    ),
    Recognizer(
        name="ch_ahv",
        entity=NATIONAL_ID,
        gate=rf"{GATE_DIGIT_START}756(?:\.| ?[0-9]{{4}})[ .]?[0-9]{{4}}",
        gate_kind="prefixes",
        pattern=id_pattern(r"756(?P<s>[. ]?)\d{4}(?P=s)\d{4}(?P=s)\d{2}"),
        validate=passes_any(ssn.is_valid),
        max_lead=0,
        positive=(
            ("AHV-Nr. 756.9217.0769.85", "756.9217.0769.85"),
            ("ahv=7569217076985", "7569217076985"),
            ("versicherte 756 9217 0769 85 gemeldet", "756 9217 0769 85"),
        ),
        negative=("756.9217.0769.84", "17569217076985", "756.1.2.3", "v756.9217.0769.85"),
    ),
    Recognizer(
        name="ch_uid",
        entity=NATIONAL_ID,
        gate=r"CHE[- ]?[0-9]{3}",
        gate_kind="prefixes",
        pattern=id_pattern(r"CHE[- ]?\d{3}\.?\d{3}\.?\d{3}"),
        validate=passes_any(ch_uid.is_valid),
        positive=(("uid CHE-107.787.577 MWST", "CHE-107.787.577"), ("CHE107787577", "CHE107787577")),
        negative=("CHE-107.787.578", "CACHE-107.787.577"),
    ),
)
