"""National numbers of South-East Asia.

Singapore, Malaysia, Thailand, Indonesia, the Philippines, Vietnam.
"""

from stdnum.id import nik, npwp
from stdnum.my import nric as mykad
from stdnum.th import pin

from redaction.fragments.national import (
    NATIONAL_ID,
    get_digits,
    id_keywords,
    id_pattern,
    isolated_id_pattern,
    passes_any,
    weighted_sum,
)
from redaction.recognizer import Recognizer


def _is_nric(value: str) -> bool:
    """Verify the check letter of a Singaporean NRIC or FIN.

    The rules are those by which the letters of S, T, F, G and (from 2022) M numbers are known to be computed.
    """
    sign = value.upper()
    total = weighted_sum(get_digits(sign), (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(sign[0], 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "XWUTRQPNJLK"}.get(sign[0], "XWUTRQPNMLK")
    return letters[total % 11] == sign[8]


RECOGNIZERS = (
    Recognizer(
        name="sg_nric",
        entity=NATIONAL_ID,
        gate=r"[A-Z][0-9]{7}[A-Z]",
        gate_kind="shapes",
        pattern=id_pattern(r"[STFGM]\d{7}[A-Z]"),
        validate=passes_any(_is_nric),
        positive=(
            ("user S6859080I", "S6859080I"),
            ("T1680536F", "T1680536F"),
            ("fin=M9612050P", "M9612050P"),
            ("G8169811U", "G8169811U"),
        ),
        negative=("M9612050Q", "S6859080J", "AS6859080I", "S6859080I-1", "s6859080i"),
    ),
    Recognizer(
        name="sg_nric_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[stfgm]\d{7}[A-Za-z]"),
        validate=passes_any(_is_nric),
        context=id_keywords("nric, singapore id, sg id", keys="fin, identity", initial="[stfgm][0-9]{7}"),
        positive=(("nric=g3970684p", "g3970684p"),),
        negative=("nric=g3970684q", "sha g3970684p"),
    ),
    Recognizer(
        name="my_mykad",
        entity=NATIONAL_ID,
        gate=r"[0-9]{4}-[0-9]{2}-[0-9]{4}",
        gate_kind="shapes",
        pattern=id_pattern(r"\d\d[01]\d[0-3]\d-\d\d-\d{4}"),
        validate=passes_any(mykad.is_valid),
        max_lead=2,
        positive=(("mykad 770305-02-1234", "770305-02-1234"),),
        negative=("771305-02-1234", "1-770305-02-1234", "240131-00-0001"),
    ),
    Recognizer(
        name="my_mykad_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d\d[01]\d[0-3]\d ?\d\d ?\d{4}"),
        validate=passes_any(mykad.is_valid),
        context=id_keywords(
            "mykad, my kad, nric, kad pengenalan, no kp, malaysian ic, malaysia id, ic number",
            keys="ic, ic no",
            initial="[0-9]{6}",
        ),
        positive=(("mykad=770305021234", "770305021234"), ('"icNumber":"770305021234"', "770305021234")),
        negative=("mykad=771305021234", "logic=770305021234"),
    ),
    Recognizer(
        name="th_pin_groups",
        entity=NATIONAL_ID,
        gate=r"[0-9][ -][0-9]{4}[ -][0-9]{5}[ -][0-9]{2}",
        gate_kind="shapes",
        pattern=isolated_id_pattern(r"[1-8](?P<s>[ -])\d{4}(?P=s)\d{5}(?P=s)\d\d(?P=s)\d"),
        validate=passes_any(pin.is_valid),
        positive=(("cust 7-1001-34567-89-3", "7-1001-34567-89-3"),),
        negative=("7-1001-34567-89-2",),
    ),
    Recognizer(
        name="th_pin",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-9]\d{12}"),
        validate=passes_any(pin.is_valid),
        context=id_keywords(
            "thai id, tnin, thai national id, citizen id, thai citizen, thai pin, เลขบัตรประชาชน, "
            "บัตรประชาชน, เลขประจำตัวประชาชน, เลขประจำตัว, national id, id card, citizen number, "
            "thailand id, th id"
        ),
        positive=(("thai_id=2345678901234", "2345678901234"), ("เลขบัตรประชาชน 2345678901234", "2345678901234")),
        negative=("thai_id=2345678901235", "ts=2345678901234"),
    ),
    Recognizer(
        name="id_nik",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-9]\d{15}"),
        validate=passes_any(nik.is_valid),
        context=id_keywords("nik, ktp, nomor induk kependudukan, no ktp, e ktp, indonesian id"),
        positive=(("nik=3171011708450001", "3171011708450001"), ("KTP: 3171011708450001", "3171011708450001")),
        negative=("nik=3171014708450034000", "id=3171011708450001"),
    ),
    Recognizer(
        name="id_npwp",
        entity=NATIONAL_ID,
        gate=r"[0-9]{3}\.[0-9]{3}\.[0-9][-.][0-9]{3}\.[0-9]{3}",
        gate_kind="shapes",
        pattern=id_pattern(r"\d\d\.\d{3}\.\d{3}\.\d[-.]\d{3}\.\d{3}"),
        validate=passes_any(npwp.is_valid),
        positive=(("npwp 01.312.166.0-091.000", "01.312.166.0-091.000"),),
        negative=("01.312.166.1-091.000", "1.01.312.166.0-091.000"),
    ),
    Recognizer(
        name="id_npwp_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{15,16}"),
        validate=passes_any(npwp.is_valid),
        context=id_keywords("npwp, nomor pokok wajib pajak"),
        positive=(("npwp=013121660091000", "013121660091000"),),
        negative=("npwp=013121661091000", "id=013121660091000"),
    ),
    Recognizer(
        name="ph_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        # SSS, PhilSys, PhilHealth and Pag-IBIG print them so; only the key tells them apart from other numbers.
        pattern=id_pattern(
            r"\d{2}-\d{7}-\d|\d{4}-\d{4}-\d{4}-\d{4}|\d{2}-\d{9}-\d|\d{4}-\d{4}-\d{4}|\d{16}|\d{12}|\d{10}"
        ),
        context=id_keywords(keys="sss, sss no, philsys, philhealth, pagibig, pag ibig, psn, philid"),
        positive=(
            ("sss_number=34-1234567-8", "34-1234567-8"),
            ("PhilSys No. 1234-5678-9012-3456", "1234-5678-9012-3456"),
        ),
        negative=("css=34-1234567-8", "sss 34-1234567-89"),
    ),
    Recognizer(
        name="vn_cccd_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        # Decree 137/2015/ND-CP: province 001 to 096, century and sex, year, serial; no check digit.
        pattern=id_pattern(r"0[0-9]{2}[0-9]\d{8}|\d{9}"),
        context=id_keywords(
            keys="cccd, cmnd, căn cước, căn cước công dân, so cccd, số cccd, cccd so, cmt, cmtnd", initial="[0-9]{9}"
        ),
        positive=(("cccd=001090123456", "001090123456"), ("CMND: 012345678", "012345678")),
        negative=("cccd=901090123456", "accd=001090123456"),
    ),
)
