"""National numbers of Spain, Portugal, Italy and Greece."""

from stdnum import luhn
from stdnum.es import nif as es_nif
from stdnum.gr import vat as afm
from stdnum.it import codicefiscale, iva
from stdnum.pt import cc
from stdnum.pt import nif as pt_nif

from redaction.fragments.national import NATIONAL_ID, get_digits, id_keywords, id_pattern, passes_any, weighted_sum
from redaction.recognizer import Recognizer


def _is_nif(value: str) -> bool:
    """Verify a Spanish NIF.

    Older numbers are written without their leading zeros.
    """
    plain = value.replace("-", "").replace(".", "").replace(" ", "").upper()
    return es_nif.is_valid(plain.zfill(9) if plain[:-1].isdecimal() else plain)


def _is_nuss(value: str) -> bool:
    """Verify a Spanish social security number by modulo 97.

    Orden TAS/1562/2005: province, serial, and the remainder of both; a serial below 10 million has no zeros.
    """
    plain = "".join(map(str, get_digits(value)))
    province, serial = int(plain[:2]), int(plain[2:-2])
    return (province * 10**7 + serial if serial < 10**7 else int(plain[:-2])) % 97 == int(plain[-2:])


def _is_niss(value: str) -> bool:
    """Verify a Portuguese social security number.

    Despacho Normativo 67/2000: weights are the primes, downwards.
    """
    numbers = get_digits(value)
    return 9 - weighted_sum(numbers[:10], (29, 23, 19, 17, 13, 11, 7, 5, 3, 2)) % 10 == numbers[10]


RECOGNIZERS = (
    Recognizer(
        name="es_nie",
        entity=NATIONAL_ID,
        gate=r"[XYZxyz]-?[0-9]{7}-?[A-Za-z]",
        gate_kind="words",
        pattern=id_pattern(r"[XYZxyz]-?\d{7}-?[A-Za-z]"),
        validate=passes_any(_is_nif),
        starts_at_gate=True,
        positive=(
            ("cliente X9613851N creado", "X9613851N"),
            ("extranjero es Y8063915-Z", "Y8063915-Z"),
            ("z8078221m", "z8078221m"),
            ("nie=X-9613851-N", "X-9613851-N"),
        ),
        negative=("x9613851q", "Y806391Q", "AX9613851N", "X9613851N-1", "0x9613851n"),
    ),
    Recognizer(
        name="es_dni_hyphen",
        entity=NATIONAL_ID,
        gate=r"[0-9]{3}\.?[0-9]{3}-[A-Z]",
        gate_kind="shapes",
        pattern=id_pattern(r"\d{8}-[A-HJ-NP-TV-Z]|\d\d\.\d{3}\.\d{3}-[A-HJ-NP-TV-Z]"),
        validate=passes_any(_is_nif),
        positive=(("titular 55555555-K", "55555555-K"), ("12.345.678-Z", "12.345.678-Z")),
        negative=("55555555-L", "55555555-KB", "1-55555555-K"),
    ),
    Recognizer(
        name="es_dni",
        entity=NATIONAL_ID,
        gate=r"[0-9]{8}[A-Z]",
        gate_kind="shapes",
        # Without the letters that are also units, hexadecimal digits or the end of a number in code.
        pattern=id_pattern(r"\d{8}[HJNPQRVWXYZ]"),
        validate=passes_any(_is_nif),
        positive=(("titular 12345678Z", "12345678Z"), ("99999999R", "99999999R")),
        negative=("12345678X", "61842936K->19162249K(15777406K)", "20240101Z", "12345678z", "A12345678Z"),
    ),
    Recognizer(
        name="es_nif_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(
            r"(?:\d{7,8}|\d{1,2}\.\d{3}\.\d{3})[- ]?[A-HJ-NP-TV-Za-hj-np-tv-z]"
            r"|[A-HJ-NP-Za-hj-np-z][- ]?\d{7}[- ]?[0-9A-Za-z]"
        ),
        validate=passes_any(_is_nif),
        context=id_keywords(
            "dni, documento nacional, documento de identidad, documento identidad, identificacion de extranjero, "
            "identificación de extranjero, identificador fiscal, identificación fiscal, spanish id",
            keys="nif, nie, cif, nif nie, nif cif, documento, identidad, identificacion, "
            "identificación, tax id, vat, iva",
            initial=r"[0-9A-Za-z][- 0-9.][0-9.]",
        ),
        positive=(
            ("dni=12345678Z", "12345678Z"),
            ("NIF 1111111G", "1111111G"),
            ('"documentoIdentidad":"99999999r"', "99999999r"),
            ("CIF: A13585625", "A13585625"),
            ("cif=B-64717838", "B-64717838"),
        ),
        negative=("dni=12345678A", "dni=00000000R", "heap 12345678Z", "cif=A13585626"),
    ),
    Recognizer(
        name="es_nuss",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{2}[ /-]?\d{7}[ /-]?\d?[ /-]?\d{2}"),
        validate=passes_any(_is_nuss),
        context=id_keywords(
            "nuss, seguridad social, seg social",
            keys="naf, nss, num ss, afiliacion, afiliación",
            initial="[0-9]{2}[ /-]?[0-9]{7}",
        ),
        positive=(("nuss=281234567840", "281234567840"), ("Seguridad Social: 28 1294567 895", "28 1294567 895")),
        negative=("nuss=281234567841", "id=281234567840"),
    ),
    Recognizer(
        name="pt_nif",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"(?:PT ?)?\d{3}(?P<s>[ .-]?)\d{3}(?P=s)\d{3}"),
        validate=lambda match: pt_nif.is_valid(match["value"].replace(".", "")),
        context=id_keywords(
            "contribuinte, nipc, numero fiscal, número fiscal, identificação fiscal, identificacao fiscal",
            keys="nif, nif pt, tax id",
            initial="(?:PT ?)?[0-9]{3}",
        ),
        positive=(("nif=581348915", "581348915"), ("contribuinte n.º 248 915 967", "248 915 967")),
        negative=("nif: 581 348 910", "nif=5813489150", "ref=581348915"),
    ),
    Recognizer(
        name="pt_cartao_cidadao",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{8} ?\d ?[A-Za-z0-9]{2}\d"),
        validate=passes_any(cc.is_valid),
        context=id_keywords(
            "cartao de cidadao, cartão de cidadão, cartao cidadao, cartão cidadão, citizen card",
            keys="cc, cidadao, cidadão",
            initial="[0-9]{8}",
        ),
        positive=(("cartao_cidadao=000000000ZZ4", "000000000ZZ4"), ("CC: 00000000 0 ZZ4", "00000000 0 ZZ4")),
        negative=("cartao_cidadao=000000000ZZ5", "acc 000000000ZZ4"),
    ),
    Recognizer(
        name="pt_niss",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[12]\d{10}"),
        validate=passes_any(_is_niss),
        context=id_keywords("niss, seguranca social, segurança social"),
        positive=(("niss=12345678902", "12345678902"),),
        negative=("niss=12345678903", "id=12345678902"),
    ),
    Recognizer(
        name="it_codice_fiscale",
        entity=NATIONAL_ID,
        gate=r"[A-Za-z]{3} ?[0-9]{2}[A-Za-z][0-9]{2} ?[A-Za-z][0-9G-Zg-z]{3}[A-Za-z]",
        gate_kind="shapes",
        # Omocodia: where two people would get the same code, letters replace digits from the right.
        pattern=id_pattern(
            r"[A-Z]{3} ?[A-Z]{3} ?\d\d[A-EHLMPR-T]\d\d ?[A-Z][0-9L-NP-V]{3}[A-Z]"
            r"|[a-z]{6}\d\d[a-ehlmpr-t]\d\d[a-z][0-9l-np-v]{3}[a-z]"
        ),
        validate=passes_any(codicefiscale.is_valid),
        positive=(
            ("codice_fiscale=MRTMTT91D08F205J", "MRTMTT91D08F205J"),
            ("utente mrtmtt91d08f205j", "mrtmtt91d08f205j"),
            ("CF MRT MTT 91D08 F205J", "MRT MTT 91D08 F205J"),
        ),
        negative=("MRTMTT91D08F205K", "LKJLDJ00E20D635P", "XMRTMTT91D08F205J", "a-MRTMTT91D08F205J"),
    ),
    Recognizer(
        name="it_codice_fiscale_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[A-Za-z]{6}[0-9A-Za-z]{9}[A-Za-z]"),
        validate=passes_any(codicefiscale.is_valid),
        context=id_keywords("codice fiscale, codicefiscale, cod fisc", keys="cf", initial="[A-Za-z]{6}[0-9A-Za-z]{9}"),
        positive=(("codice fiscale MRTMTTVMDLUFNLRM", "MRTMTTVMDLUFNLRM"),),
        negative=("codice fiscale MRTMTTVMDLUFNLRF", "id MRTMTTVMDLUFNLRM"),
    ),
    Recognizer(
        name="it_partita_iva",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"(?:IT ?)?\d{11}"),
        validate=passes_any(iva.is_valid),
        context=id_keywords(
            "partita iva, p iva, p. iva, piva, codice fiscale, italian vat",
            keys="iva, vat, cf",
            initial="(?:IT ?)?[0-9]{8}",
        ),
        positive=(("P.IVA 00743110157", "00743110157"), ("partita_iva=IT00743110157", "IT00743110157")),
        negative=("partita_iva=00743110158", "riva 00743110157"),
    ),
    Recognizer(
        name="gr_amka",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{11}"),
        validate=passes_any(luhn.is_valid),
        context=id_keywords("amka, αμκα, α.μ.κ.α, greek ssn"),
        positive=(("amka=01013099997", "01013099997"), ("ΑΜΚΑ: 01013099997", "01013099997")),
        negative=("amka=01013099999", "id 01013099997"),
    ),
    Recognizer(
        name="gr_afm",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"(?:(?:EL|GR) ?)?\d{9}"),
        validate=passes_any(afm.is_valid),
        context=id_keywords("afm, αφμ, α.φ.μ, greek tax id"),
        positive=(("afm=023456780", "023456780"), ("ΑΦΜ EL094259216", "EL094259216")),
        negative=("afm=123456781", "id 023456780"),
    ),
)
