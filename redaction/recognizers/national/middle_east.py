"""National numbers of the Middle East.

Turkey, Israel, United Arab Emirates, Saudi Arabia, Egypt, Kuwait, Qatar; and Pakistan.
"""

import re

from stdnum import luhn
from stdnum.eg import tn
from stdnum.il import idnr as il_idnr
from stdnum.pk import cnic
from stdnum.tr import tckimlik, vkn

from redaction.fragments.boundaries import GATE_DIGIT_START
from redaction.fragments.national import NATIONAL_ID, get_digits, id_keywords, id_pattern, passes_any, weighted_sum
from redaction.recognizer import Recognizer


def _passes_luhn(value: str) -> bool:
    return luhn.is_valid(re.sub(r"[ -]", "", value))


def _is_civil_id(value: str) -> bool:
    """Verify a Kuwaiti civil id by modulo 11.

    Public Authority for Civil Information: weights 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2.
    """
    numbers = get_digits(value)
    return 11 - weighted_sum(numbers[:11], (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11 == numbers[11]


RECOGNIZERS = (
    Recognizer(
        name="tr_tckn",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-9]\d{10}|[1-9]\d{2} \d{3} \d{3} \d{2}"),
        validate=passes_any(tckimlik.is_valid, lambda value: tckimlik.is_valid(value.replace(" ", ""))),
        context=id_keywords(
            "tckn, tc kimlik, tc kimlik no, kimlik, kimlik no, kimlik numarası, kimlik numarasi, kimliği, tckno, "
            "tc no, t.c. no, turkish id, türk kimlik, turkish national id, tcno, vatandaşlık, "
            "vatandaslik"
        ),
        positive=(
            ("tckn=10000000146", "10000000146"),
            ("T.C. Kimlik No: 76543210794", "76543210794"),
            ("TCKN numarası 10000000146 olarak", "10000000146"),
            ('"tcKimlikNo":"64625294480"', "64625294480"),
        ),
        negative=("tckn=10000000145", "id=10000000146", "tckn=00000000000"),
    ),
    Recognizer(
        name="tr_vkn",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{10}"),
        validate=passes_any(vkn.is_valid),
        context=id_keywords("vkn, vergi no, vergi numarası, vergi numarasi, vergi kimlik, vergi kimlik no"),
        positive=(("vergi_no=4540536920", "4540536920"), ("VKN: 4540536920", "4540536920")),
        negative=("vkn=4540536921", "id=4540536920"),
    ),
    Recognizer(
        name="il_teudat_zehut",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{9}|\d{8}-\d|\d-?\d{7}-?\d"),
        validate=passes_any(lambda value: il_idnr.is_valid(value.replace("-", ""))),
        context=id_keywords(
            "teudat zehut, teudatzehut, mispar zehut, israeli id, israel id, תעודת זהות, ת.ז, ת״ז, מספר זהות",
            keys="zehut, tz",
            initial="[0-9]-?[0-9]{7}",
        ),
        positive=(("teudat_zehut=039337423", "039337423"), ("ת.ז. 03933742-3", "03933742-3")),
        negative=("teudat_zehut=039337424", "tz=Asia/Jerusalem 039337423"),
    ),
    Recognizer(
        name="ae_emirates_id",
        entity=NATIONAL_ID,
        gate=rf"{GATE_DIGIT_START}784-?[0-9]{{4}}-?[0-9]{{7}}-?[0-9]",
        gate_kind="prefixes",
        pattern=id_pattern(r"784(?P<s>-?)(?:19|20)\d{2}(?P=s)\d{7}(?P=s)\d"),
        validate=passes_any(_passes_luhn),
        max_lead=0,
        positive=(("eid 784-1990-1234567-6", "784-1990-1234567-6"), ("emirates_id=784199012345676", "784199012345676")),
        negative=("784-1990-1234567-7", "1784199012345676", "784-1790-1234567-6"),
    ),
    Recognizer(
        name="sa_national_id",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[12]\d{9}"),
        validate=passes_any(_passes_luhn),
        context=id_keywords("iqama, saudi id, saudi national id, absher, رقم الهوية, الهوية الوطنية, هوية, الاقامة"),
        positive=(("iqama_no=2234567895", "2234567895"), ("رقم الهوية: 1234567897", "1234567897")),
        negative=("iqama=2234567896", "ts=1234567897"),
    ),
    Recognizer(
        name="eg_national_id",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        # Civil Status: century (2 or 3), birth date, governorate, serial, check digit whose rule isn't published.
        pattern=id_pattern(r"[23]\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{7}"),
        context=id_keywords("الرقم القومي, رقم قومي, egyptian id, egypt id, national id, national number"),
        positive=(("national_id=29001011234567", "29001011234567"), ("الرقم القومي: 29001011234567", "29001011234567")),
        negative=("national_id=29013011234", "id=29001011234567"),
    ),
    Recognizer(
        name="eg_tax_number",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{3}-\d{3}-\d{3}"),
        validate=passes_any(tn.is_valid),
        context=id_keywords("egyptian tax, الرقم الضريبي, الضريبي, tax registration"),
        positive=(("tax registration 100-531-385", "100-531-385"),),
        negative=("seq 100-531-385",),
    ),
    Recognizer(
        name="kw_civil_id",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[23]\d{2}(?:0[1-9]|1[0-2])\d{7}"),
        validate=passes_any(_is_civil_id),
        context=id_keywords("civil id, civil number, الرقم المدني, kuwait id, paci"),
        positive=(("civil_id=290010112346", "290010112346"),),
        negative=("civil_id=290010112349", "id=290010112346"),
    ),
    Recognizer(
        name="qa_qid",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        # Ministry of Interior: century (2 or 3), year, country of birth in ISO 3166, serial.
        pattern=id_pattern(r"[23]\d{10}"),
        context=id_keywords("qatar id, qatari id, qid no, qid number"),
        positive=(("qid_number=28263400123", "28263400123"),),
        negative=("qid_no=18263400123", "qid=28263400123"),
    ),
    Recognizer(
        name="pk_cnic",
        entity=NATIONAL_ID,
        gate=r"[0-9]{5}-[0-9]{7}-[0-9]",
        gate_kind="shapes",
        pattern=id_pattern(r"[1-7]\d{4}-\d{7}-[1-9]"),
        validate=passes_any(cnic.is_valid),
        positive=(("customer 42201-0397640-8", "42201-0397640-8"),),
        negative=("82201-0397640-8", "1-42201-0397640-8"),
    ),
    Recognizer(
        name="pk_cnic_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-7]\d{12}"),
        validate=passes_any(cnic.is_valid),
        context=id_keywords("cnic, nicop, shanakhti, شناختی کارڈ, cnic number, nadra"),
        positive=(("cnic=4220103976408", "4220103976408"),),
        negative=("cnic=4220103976400", "picnic 4220103976408"),
    ),
)
