"""National numbers of Canada and Mexico.

The United States are in `redaction.recognizers.people.us_identity`.
"""

from stdnum import luhn
from stdnum.ca import bn
from stdnum.mx import curp, rfc

from redaction.fragments.national import NATIONAL_ID, get_digits, id_keywords, id_pattern, passes_any
from redaction.recognizer import Recognizer


def _passes_luhn(value: str) -> bool:
    return luhn.is_valid("".join(map(str, get_digits(value))))


RECOGNIZERS = (
    Recognizer(
        name="ca_sin",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-79]\d{2}(?P<s>[ .-]?)\d{3}(?P=s)\d{3}|0\d{2}(?P<t>[ .-]?)\d{3}(?P=t)\d{3}"),
        validate=passes_any(_passes_luhn),
        context=id_keywords("social insurance, assurance sociale, canadian sin", keys="sin, nas", initial="[0-9]{3}"),
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
        pattern=id_pattern(r"\d{9}(?:R[CMPTZ]\d{4})?"),
        validate=passes_any(bn.is_valid),
        context=id_keywords("business number, numéro d'entreprise, gst number, gst hst"),
        positive=(("business_number=123026635RC0001", "123026635RC0001"), ("business number 123026635", "123026635")),
        negative=("business_number=123456783", "ref 123026635RC0001"),
    ),
    Recognizer(
        name="mx_curp",
        entity=NATIONAL_ID,
        gate=r"[A-Za-z]{4}[0-9]{6}[G-Zg-z][A-Za-z]",
        gate_kind="shapes",
        pattern=id_pattern(r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d|[a-z]{4}\d{6}[hmx][a-z]{5}[0-9a-z]\d"),
        validate=passes_any(curp.is_valid),
        positive=(("curp=BOXW310820HNERXN09", "BOXW310820HNERXN09"), ("alta boxw310820hnerxn09", "boxw310820hnerxn09")),
        negative=("BOXW310820HNERXN08", "XBOXW310820HNERXN09", "BOXW311320HNERXN09"),
    ),
    Recognizer(
        name="mx_rfc",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[A-Za-zÑñ&]{3,4}[ -]?\d{6}[ -]?[0-9A-Za-z]{3}"),
        validate=passes_any(rfc.is_valid),
        context=id_keywords("rfc, registro federal, rfc emisor, rfc receptor, contribuyente, contribuyentes"),
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
        pattern=id_pattern(r"\d{11}|\d{2}[ -]\d{2}[ -]\d{2}[ -]\d{4}[ -]\d"),
        validate=passes_any(_passes_luhn),
        context=id_keywords(
            "nss, imss, seguro social, numero de seguridad social, número de seguridad social, seguridad social"
        ),
        positive=(("nss=12345678903", "12345678903"), ("IMSS 12-34-56-7890-3", "12-34-56-7890-3")),
        negative=("nss=12345678902", "id=12345678903"),
    ),
)
