"""National numbers of Canada, Mexico and Brazil."""

from stdnum import luhn
from stdnum.br import cnpj, cpf
from stdnum.ca import bn
from stdnum.mx import curp, rfc

from redaction.fragments.national import NATIONAL_ID, digits, named, number, proven, weighted
from redaction.recognizer import Recognizer


def _is_cpf(value: str) -> bool:
    """Receita Federal gives out no number of one digit only, though its check digits would be right."""
    numbers = digits(value)
    return len(set(numbers)) > 1 and cpf.is_valid("".join(map(str, numbers)))


def _is_pis(value: str) -> bool:
    """Brazilian PIS, PASEP and NIS, Caixa Econômica Federal: weights 3, 2, 9 to 2, by 11."""
    numbers = digits(value)
    return -weighted(numbers[:10], (3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) % 11 % 10 == numbers[10]


def _passes_luhn(value: str) -> bool:
    return luhn.is_valid("".join(map(str, digits(value))))


RECOGNIZERS = (
    Recognizer(
        name="ca_sin",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=number(r"[1-79]\d{2}(?P<s>[ .-]?)\d{3}(?P=s)\d{3}|0\d{2}(?P<t>[ .-]?)\d{3}(?P=t)\d{3}"),
        validate=proven(_passes_luhn),
        context=named("social insurance, assurance sociale, canadian sin", keys="sin, nas", initial="[0-9]{3}"),
        positive=(
            ("sin=731-530-150", "731-530-150"),
            ("SIN 731 530 150 verified", "731 530 150"),
            ('"socialInsuranceNumber":"550090112"', "550090112"),
            ("NAS : 550 090 112", "550 090 112"),
            (r"{\"sin\":\"550090112\"}", "550090112"),
            ("customer_sin=550090112", "550090112"),
        ),
        negative=(
            "sin=731-530-151",
            "using 550090112",
            "sin 046-454 286",
            "basin=550090112",
            "sin documento, ref 550090112",
        ),
    ),
    Recognizer(
        name="ca_business_number",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=number(r"\d{9}(?:R[CMPTZ]\d{4})?"),
        validate=proven(bn.is_valid),
        context=named("business number, numéro d'entreprise, gst number, gst hst"),
        positive=(("business_number=123026635RC0001", "123026635RC0001"), ("business number 123026635", "123026635")),
        negative=("business_number=123456783", "ref 123026635RC0001"),
    ),
    Recognizer(
        name="mx_curp",
        entity=NATIONAL_ID,
        gate=r"[A-Za-z]{4}[0-9]{6}[G-Zg-z][A-Za-z]",
        gate_kind="shapes",
        pattern=number(r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d|[a-z]{4}\d{6}[hmx][a-z]{5}[0-9a-z]\d"),
        validate=proven(curp.is_valid),
        positive=(("curp=BOXW310820HNERXN09", "BOXW310820HNERXN09"), ("alta boxw310820hnerxn09", "boxw310820hnerxn09")),
        negative=("BOXW310820HNERXN08", "XBOXW310820HNERXN09", "BOXW311320HNERXN09"),
    ),
    Recognizer(
        name="mx_rfc",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=number(r"[A-Za-zÑñ&]{3,4}[ -]?\d{6}[ -]?[0-9A-Za-z]{3}"),
        validate=proven(rfc.is_valid),
        context=named("rfc, registro federal, rfc emisor, rfc receptor, contribuyente, contribuyentes"),
        positive=(
            ("rfc=GODE561231GR8", "GODE561231GR8"),
            ("RFC: COMG-600703-KW7", "COMG-600703-KW7"),
            ('"rfcEmisor":"VACE460910SX6"', "VACE460910SX6"),
        ),
        negative=("rfc=GODE561331GR8", "RFC 5321 section 4", "lote GODE561231GR8"),
    ),
    Recognizer(
        name="mx_nss",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=number(r"\d{11}|\d{2}[ -]\d{2}[ -]\d{2}[ -]\d{4}[ -]\d"),
        validate=proven(_passes_luhn),
        context=named(
            "nss, imss, seguro social, numero de seguridad social, número de seguridad social, seguridad social"
        ),
        positive=(("nss=12345678903", "12345678903"), ("IMSS 12-34-56-7890-3", "12-34-56-7890-3")),
        negative=("nss=12345678902", "id=12345678903"),
    ),
    Recognizer(
        name="br_cpf",
        entity=NATIONAL_ID,
        gate=r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}[-/][0-9]{2}",
        gate_kind="shapes",
        pattern=number(r"\d{3}\.\d{3}\.\d{3}[-/]\d\d"),
        validate=proven(_is_cpf),
        starts_at_gate=True,
        positive=(("cliente 211.039.188-00 criado", "211.039.188-00"), ("cpf=390.533.447-05", "390.533.447-05")),
        negative=("123.567.234-67", "1.390.533.447-05", "390.533.447-05-1", "390.533.447-051"),
    ),
    Recognizer(
        name="br_cpf_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=number(r"\d{11}|\d{9}-\d\d|\d{3}(?P<s>[ .-])\d{3}(?P=s)\d{3}[ .-]\d\d"),
        validate=proven(_is_cpf),
        context=named(
            "cpf, cadastro de pessoa, cadastro de pessoas, cpf cnpj, contribuinte, pessoa fisica, pessoa física"
        ),
        positive=(
            ("cpf=39053344705", "39053344705"),
            ('"cpfCliente":"390533447-05"', "390533447-05"),
            ("CPF nº 390 533 447 05", "390 533 447 05"),
        ),
        negative=("cpf=39053344706", "cpf=11111111111", "id=39053344705"),
    ),
    Recognizer(
        name="br_cnpj",
        entity=NATIONAL_ID,
        gate=r"[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-",
        gate_kind="shapes",
        pattern=number(r"[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-\d\d"),
        validate=proven(cnpj.is_valid),
        positive=(("empresa 16.727.230/0001-97", "16.727.230/0001-97"), ("12.ABC.345/01DE-35", "12.ABC.345/01DE-35")),
        negative=("16.727.230/0001-98", "00.623.904/0131001-53"),
    ),
    Recognizer(
        name="br_cnpj_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=number(r"\d{14}|\d{8}/\d{4}-\d\d"),
        validate=proven(cnpj.is_valid),
        context=named("cnpj, cpf cnpj, pessoa juridica, pessoa jurídica"),
        positive=(("cnpj=00623904000173", "00623904000173"), ("CNPJ 16727230/0001-97", "16727230/0001-97")),
        negative=("cnpj=00623904000174", "20240131123059"),
    ),
    Recognizer(
        name="br_pis",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=number(r"\d{3}\.?\d{5}\.?\d{2}-?\d"),
        validate=proven(_is_pis),
        context=named("pasep, pis pasep", keys="pis, nis, nit", initial=r"[0-9]{3}\.?[0-9]{5}"),
        positive=(("pis=120.56412.54-5", "120.56412.54-5"), ("PIS/PASEP: 12056412545", "12056412545")),
        negative=("pis=12056412546", "id=12056412545"),
    ),
)
