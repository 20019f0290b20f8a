"""National numbers of East Asia.

China, Japan, South Korea, Taiwan, Hong Kong.
"""

import re
from datetime import date

from stdnum.cn import ric, uscc
from stdnum.jp import cn as jp_cn
from stdnum.jp import in_ as mynumber
from stdnum.kr import brn, rrn
from stdnum.tw import ubn

from redaction.fragments.boundaries import GATE_DIGIT_START, GATE_END
from redaction.fragments.national import NATIONAL_ID, get_digits, id_keywords, id_pattern, passes_any, weighted_sum
from redaction.recognizer import Recognizer


def _plain(value: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", value)


def _is_rrn(value: str) -> bool:
    """Verify a South Korean resident registration number.

    Ministry of the Interior and Safety: numbers issued since October 2020 have no check digit.
    """
    plain = _plain(value)
    century = {"1": 1900, "2": 1900, "5": 1900, "6": 1900, "3": 2000, "4": 2000, "7": 2000, "8": 2000}.get(plain[6])
    if century is None:
        return False
    try:
        born = date(century + int(plain[:2]), int(plain[2:4]), int(plain[4:6]))
    except ValueError:
        return False
    return rrn.is_valid(plain) or born >= date(2020, 10, 1)


def _is_taiwan_id(value: str) -> bool:
    """Verify a Taiwanese identity number.

    Ministry of the Interior: the letter counts as two digits, 10 to 35 in an order of its own.
    """
    letter_code = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(value[0].upper()) + 10
    return (
        weighted_sum([letter_code // 10, letter_code % 10, *get_digits(value)], (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1))
    ) % 10 == 0


def _is_hkid(value: str) -> bool:
    """Verify a Hong Kong identity number by modulo 11.

    Immigration Department: letters count from 10, a missing first one 36; weights 9 to 1.
    """
    plain = _plain(value).upper()
    signs = [int(sign, 36) for sign in plain]
    return weighted_sum([36, *signs] if len(signs) == 8 else signs, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


RECOGNIZERS = (
    Recognizer(
        name="cn_ric",
        entity=NATIONAL_ID,
        gate=rf"{GATE_DIGIT_START}[1-9][0-9]{{5}}(?:1[89]|20)[0-9]{{2}}[01][0-9]{{6}}",
        gate_kind="prefixes",
        pattern=id_pattern(r"[1-9]\d{5}(?:1[89]|20)\d{2}[01]\d[0-3]\d{4}[0-9Xx]"),
        validate=passes_any(lambda value: ric.is_valid(value.upper())),
        max_lead=0,
        positive=(
            ("id_card=360426199101010071", "360426199101010071"),
            ("身份证号51323120001212169X", "51323120001212169X"),
            ("51323120001212185x", "51323120001212185x"),
        ),
        negative=("513231200012121293", "a13231200012121293", "360426199113010071"),
    ),
    Recognizer(
        name="cn_uscc",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[0-9A-HJ-NPQRTUWXY]{18}"),
        validate=passes_any(uscc.is_valid),
        context=id_keywords("uscc, 统一社会信用代码, 信用代码, social credit code, unified social credit"),
        positive=(("uscc=91110000600037341L", "91110000600037341L"),),
        negative=("uscc=91110000600037342L", "id=91110000600037341L"),
    ),
    Recognizer(
        name="jp_my_number",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{4}(?P<s>[ -]?)\d{4}(?P=s)\d{4}"),
        validate=passes_any(mynumber.is_valid),
        context=id_keywords("my number, individual number, kojin bango, マイナンバー, 個人番号, my number card"),
        positive=(("my_number=628862892800", "628862892800"), ("マイナンバー: 6288-6289-2800", "6288-6289-2800")),
        negative=("my_number=628862892801", "tummy number=628862892800"),
    ),
    Recognizer(
        name="jp_corporate_number",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-9]\d{12}"),
        validate=passes_any(jp_cn.is_valid),
        context=id_keywords("corporate number, hojin bango, 法人番号"),
        positive=(("corporate_number=5835678256246", "5835678256246"),),
        negative=("corporate_number=5835678256247", "ts=5835678256246"),
    ),
    Recognizer(
        name="kr_rrn",
        entity=NATIONAL_ID,
        gate=rf"[0-9]{{4}}-[0-9]{{7}}{GATE_END}",
        gate_kind="shapes",
        pattern=id_pattern(r"\d\d[01]\d[0-3]\d-[1-8]\d{6}"),
        validate=passes_any(_is_rrn),
        max_lead=2,
        positive=(("user 050912-3000011 ok", "050912-3000011"), ("고객 211013-3019902", "211013-3019902")),
        negative=("960121+1021413", "961321-1021413", "760413-5212134", "1-971013-9019902"),
    ),
    Recognizer(
        name="kr_rrn_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d\d[01]\d[0-3]\d-?[0-9]\d{6}"),
        validate=passes_any(_is_rrn, lambda value: "-" in value),
        context=id_keywords("rrn, 주민등록번호, 주민번호, 외국인등록번호, resident registration, jumin, korean id"),
        positive=(("RRN is 9601211021413", "9601211021413"), ("주민등록번호 960121-1234567", "960121-1234567")),
        negative=("rrn=9601211021414", "id=9601211021413"),
    ),
    Recognizer(
        name="kr_business_number",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{3}-?\d{2}-?\d{5}"),
        validate=passes_any(brn.is_valid),
        context=id_keywords("brn, 사업자등록번호, 사업자번호, business registration"),
        positive=(("사업자등록번호 116-82-00276", "116-82-00276"),),
        negative=("brn=000-82-00277", "seq 116-82-00276"),
    ),
    Recognizer(
        name="tw_id",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[A-Za-z][1289]\d{8}"),
        validate=passes_any(_is_taiwan_id),
        context=id_keywords(
            "taiwan id, tw id, twid, 身分證, 身份證, 身分證字號, national id, national identification, 居留證, "
            "id card, id number, roc id, arc number"
        ),
        positive=(("tw_id=A123456789", "A123456789"), ("身分證字號：A123456789", "A123456789")),
        negative=("tw_id=A123456788", "sku A123456789"),
    ),
    Recognizer(
        name="tw_business_number",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{8}"),
        validate=passes_any(ubn.is_valid),
        context=id_keywords("ubn, 統一編號, 統編"),
        positive=(("統一編號 04595257", "04595257"),),
        negative=("ubn=04595253", "id 04595257"),
    ),
    Recognizer(
        name="hk_id",
        entity=NATIONAL_ID,
        gate=r"[A-Za-z][0-9]{6}\([0-9Aa]\)",
        gate_kind="shapes",
        pattern=re.compile(r"(?<![0-9A-Za-z])(?P<value>[A-Za-z]{1,2}\d{6}\([0-9Aa]\))", re.ASCII),
        validate=passes_any(_is_hkid),
        positive=(("holder A123456(3) ok", "A123456(3)"), ("hkid=AB987654(3)", "AB987654(3)")),
        negative=("A123456(4)", "ABC123456(3)", "f(1234567)"),
    ),
    Recognizer(
        name="hk_id_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[A-Za-z]{1,2}\d{6}-?[0-9Aa]"),
        validate=passes_any(_is_hkid),
        context=id_keywords("hkid, hk id, hong kong id, hong kong identity, 香港身份證, 身份證, hkidno, hkic"),
        positive=(("hkid=A1234563", "A1234563"), ("HKID No. A123456-3", "A123456-3")),
        negative=("hkid=A1234564", "box A1234563"),
    ),
)
