"""National numbers of France, the Netherlands and Belgium."""

from stdnum import luhn
from stdnum.be import ssn as be_ssn
from stdnum.fr import nif as fr_nif
from stdnum.fr import nir
from stdnum.nl import bsn

from redaction.fragments.national import NATIONAL_ID, id_keywords, id_pattern, isolated_id_pattern, passes_any
from redaction.recognizer import Recognizer

_NIR = r"[1-478]{s}\d\d{s}\d\d{s}(?:\d\d|2[ABab]){s}\d{{3}}{s}\d{{3}}{s}\d\d"


_NIR_GROUPS = (
    r"[1-478](?P<{n}>[ .-])\d\d(?P={n})\d\d(?P={n})(?:\d\d|2[ABab])(?P={n})?\d{{3}}(?P={n})\d{{3}}(?P={n})\d\d"
)


def _is_nir(value: str) -> bool:
    return nir.is_valid(value.replace("-", "").upper())


def _is_national_register(value: str) -> bool:
    return be_ssn.is_valid(value.replace("/", ""))


RECOGNIZERS = (
    Recognizer(
        name="fr_nir_groups",
        entity=NATIONAL_ID,
        gate=r"[0-9][ .-][0-9]{2}[ .-][0-9]{2}[ .-][0-9][0-9A-Za-z][ .-]?[0-9]{3}[ .-][0-9]{3}",
        gate_kind="shapes",
        pattern=isolated_id_pattern(_NIR_GROUPS.format(n="s")),
        validate=passes_any(_is_nir),
        starts_at_gate=True,
        positive=(
            ("assuré 2 89 04 78 342 211 01 inscrit", "2 89 04 78 342 211 01"),
            ("nir=1-51-02-46102-043-25", "1-51-02-46102-043-25"),
        ),
        negative=("2 89 04 78 342 211 02", "9 2 89 04 78 342 211 01", "2 89 04 78 342 211 01 7"),
    ),
    Recognizer(
        name="fr_nir",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(_NIR.format(s=" ?")),
        validate=passes_any(_is_nir),
        context=id_keywords(
            "nir, insee, securite sociale, sécurité sociale, num secu, no secu, numero secu, numéro sécu, carte vitale",
            keys="nss, secu, sécu",
        ),
        positive=(
            ("nir=151024610204325", "151024610204325"),
            ('"numeroSecuriteSociale":"289047834221101"', "289047834221101"),
            ("insee: 2 89 04 78342 21101", "2 89 04 78342 21101"),
        ),
        negative=("nir=151024610204326", "souvenir 151024610204325", "us=151024610204325"),
    ),
    Recognizer(
        name="fr_numero_fiscal",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[0-3]\d ?\d\d ?\d{3} ?\d{3} ?\d{3}"),
        validate=passes_any(fr_nif.is_valid),
        context=id_keywords("numero fiscal, numéro fiscal, reference fiscale, référence fiscale", keys="spi, nif"),
        positive=(
            ("numero_fiscal=3023217600053", "3023217600053"),
            ("numéro fiscal : 30 23 217 600 053", "30 23 217 600 053"),
        ),
        negative=("nif: 30 23 217 600 054", "epoch 3023217600053"),
    ),
    Recognizer(
        name="fr_siren_siret",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{3} ?\d{3} ?\d{3}(?: ?\d{5})?"),
        validate=passes_any(lambda value: luhn.is_valid(value.replace(" ", ""))),
        context=id_keywords("siren, siret"),
        positive=(("siren=552008443", "552008443"), ("SIRET 732 829 320 00074", "732 829 320 00074")),
        negative=("siren=552008444", "sirene 552008443"),
    ),
    Recognizer(
        name="nl_bsn",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{8,9}|\d{4}(?P<s>[. ])\d{2}(?P=s)\d{3}|\d{3}(?P<t>[. -])\d{3}(?P=t)\d{3}"),
        validate=lambda match: bsn.is_valid(match["value"].replace("-", "")),
        context=id_keywords(
            "bsn, burgerservicenummer, burger service nummer, sofinummer, sofi nummer, sofinr, "
            "bsn nummer, dutch id, bsnr, bsn nr, citizen service number"
        ),
        positive=(
            ("bsn=111222333", "111222333"),
            ("BSN-nummer: 1112.22.333", "1112.22.333"),
            ('{"burgerservicenummer":"111222333"}', "111222333"),
        ),
        negative=("bsn=111252333", "id=111222333", "bsn=C111222333"),
    ),
    Recognizer(
        name="be_national_register",
        entity=NATIONAL_ID,
        gate=r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}",
        gate_kind="shapes",
        pattern=id_pattern(r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d"),
        validate=passes_any(_is_national_register),
        positive=(("klant 85.07.30-033.28 gevonden", "85.07.30-033.28"),),
        negative=("85.07.30-033.29", "1.85.07.30-033.28", "85.07.30-033.28.1"),
    ),
    Recognizer(
        name="be_national_register_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d\d[. ]?\d\d[. ]?\d\d[-. /]?\d{3}[-. ]?\d\d"),
        validate=passes_any(_is_national_register),
        context=id_keywords(
            "rijksregister, rijksregisternummer, rijksregister nr, national register, national registry, "
            "nrn, registre national, numero national, numéro national, national number, insz, niss, "
            "nationaal nummer, bis nummer, belgian id, rrn, nationalregister nummer"
        ),
        positive=(
            ("national register: 15010100525", "15010100525"),
            ("rijksregisternummer=85073003328", "85073003328"),
        ),
        negative=("national register: 850730-033.26", "nr 85073003328"),
    ),
)
