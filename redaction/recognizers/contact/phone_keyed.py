"""Telephone numbers in a country's own form, known by words around them."""

import re

import phonenumbers

from redaction.fragments.boundaries import NUMBER_START
from redaction.fragments.phone_notation import EXTENSION, JOIN, PLUS, TYPESET
from redaction.recognizer import Recognizer

# Names of a telephone number: any run of digits behind one of these is one.
_NAMES = (
    r"(?:tele|cell|mobile[ _-]?|smart)?phones?|tel|telno|ph|mobiles?|mob|cell(?:ular)?|fax|telefax|msisdn|whats[ ]?app"
    r"|viber|landline|hotline|caller(?:[ _-]?id)?(?:[ _-]?num)?|connected[ _-]?line|callee|e\.?164|ani|dnis|imessage"
    r"|handset|gsm|sips?|callto|dialed|dialled"
    r"|(?:calling|called|dialed|dialled|to|from|my|your|his|her|their|recipient|destination|origination|sender|contact"
    r"|emergency|forward(?:ing)?|subscriber)[ _-]?(?:phone|party|number|num|no)"
    r"|telefon(?:o|e|nummer|nr)?|telefoon(?:nummer)?|telf|tlf|celular|movil|telemovel|handy(?:nummer)?|rufnummer"
    r"|mobil(?:nummer|telefon|nr)?|mobiel|puhelin|komorka"
)
_FOREIGN_NAMES = (
    "[Tt][ée]l[ée]phone|[Tt]él|[Tt]eléfono|[Mm]óvil|[Tt]elemóvel|[Kk]omórka|[Тт]елефон|[Тт]ел|[Мм]об|电话号?|電話番?号?"
    "|手机号?|手機號?|전화(?:번호)?|휴대폰|携帯"
)
# Verbs of telephony: the number behind them must have a form that few other numbers have.
_VERBS = (
    r"call(?:s|ed|ing|back)?|dial(?:s|ing|ling)?|text(?:ed|ing)?|sms|messages?|ring(?:ing)?|rang|reach(?:ed|able)?"
    r"|contact(?:ed|s)?|answering|otp|voicemail|outbound|inbound|recipient|desk|office"
)
_LINKS = (
    r"numbers?|num|no|nr|nbr|is|was|at|on|to|from|via|with|me|us|him|them|the|his|her|their|my|your|our|home|work|office"
    r"|main|primary|secondary|private|personal|mobile|cell|phone|telephone|tel|line|e164|raw|value|for|user|customer"
    r"|client|caller|callee|guest|patient|driver|sent|delivered|queued|failed|new|old|updated|changed|verified|invalid"
    r"|valid|unknown|or|string|uri|code|type"
)
_SIGNS = "[ \t\r\n\"'`\\\\:=<>|,;#*._\\[{-]"
_ENCODED = "%3[AaDd]|%2[02]|&quot;|\uff1a|\uff08|\\+"
_DIGITS = rf"(?:{PLUS}|00)?\(?[0-9](?:{JOIN}[0-9]){{6,14}}(?!\d)(?:{EXTENSION}|(?![a-z]))"
_GATE_DIGITS = rf"(?:\+|＋|%2[Bb])?\(?[0-9](?:(?:[- ()./{TYPESET}]|%2[089])*[0-9]){{6}}"


def _pattern_behind(names: str, foreign: str = "") -> re.Pattern[str]:
    """Build the pattern of the number behind one of `names`.

    Signs and linking words may stand between. "call took 1234567" does not match: "took" is no linking word.
    """
    word = rf"(?=[A-Za-z])(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z])|(?<=\\[nrt]))(?i:{names})(?![a-z])(?!(?<=[A-Z])[A-Z])"
    # The runs of signs are possessive, so that there is one way only to read them.
    links = rf"(?i:{_LINKS})?(?:[ _-]?[0-9](?=[^ 0-9]))?(?:{_SIGNS}{{1,8}}+(?i:{_LINKS})?|{_ENCODED}){{1,6}}"
    slash = r"|(?<![A-Za-z])(?i:phones?|msisdn|tel|(?:pj)?sip)/" if foreign else ""
    cjk = rf"|(?:{foreign})(?:{links})?" if foreign else ""
    return re.compile(rf"(?P<name>{word}{links}{cjk}{slash})(?P<value>(?i:{_DIGITS}))", re.ASCII)


def _gate_for(names: str, foreign: str = "") -> str:
    words = f"(?i:{names}|pjsip)|{foreign}" if foreign else f"(?i:{names})"
    return rf"(?:{words})(?:[ _-]?[0-9])?(?:{_SIGNS}|{_ENCODED}|/|(?i:{_LINKS}))*{_GATE_DIGITS}"


_DATE = re.compile(
    r"(?:19|20)\d\d(?P<sign>[-./])(?:0?[1-9]|1[0-2])(?P=sign)[0-3]?\d(?!\d)|\d\d?([-./])\d\d?\2(?:19|20)\d\d(?!\d)"
)
_DOTTED_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?![.\d])")
_DECIMAL = re.compile(r"[1-9]\d*\.\d+|0\.\d+")
_UNIT = re.compile(
    r" ?(?:bytes|[kmg]i?b|[mun]?s|sec(?:ond)?s?|min(?:ute)?s?|rows|records|items|times|%)(?![a-z0-9])", re.IGNORECASE
)
_COUNTED = re.compile(r"(?:s|numbers?|cell)\W*$", re.IGNORECASE)


def _is_phone_number(match: re.Match[str]) -> bool:
    """Reject dates, IP addresses, decimals, counts and sizes."""
    value = match["value"]
    if _DATE.match(value) or _DOTTED_QUAD.match(value) or _DECIMAL.fullmatch(value):
        return False
    if _UNIT.match(match.string, match.end("value")):
        return False
    return len(value) > 8 or not value.isdigit() or not _COUNTED.search(match["name"])


def _is_labelled(match: re.Match[str]) -> bool:
    value = match["value"]
    return not _DATE.match(value) and not _DOTTED_QUAD.match(value) and sum(map(str.isdigit, value)) > 6


# Digits alone: a trunk prefix and a number, or a North American number.
_NATIONAL = re.compile(r"0[1-9]\d{7,9}|1?[2-9]\d{2}[2-9]\d{6}", re.ASCII)
_GROUPS = re.compile(r"\(?\d{1,5}\)?(?:\D{1,3}\d{2,8}){1,6}(?: ?(?:x|ext).*)?", re.ASCII | re.IGNORECASE)


def _has_phone_form(match: re.Match[str]) -> bool:
    value = match["value"]
    if not _is_phone_number(match) or match["name"].endswith("_"):
        return False
    if not value.isdigit():
        return _GROUPS.fullmatch(value.lstrip("+")) is not None
    if _NATIONAL.fullmatch(value):
        return True
    try:
        return len(value) > 9 and phonenumbers.is_valid_number(phonenumbers.parse("+" + value.removeprefix("00")))
    except phonenumbers.NumberParseException:
        return False


_LABEL = r"(?:office|fax|mobile|cell|cellphone|landline|telephone)(?![a-z])"

RECOGNIZERS = (
    Recognizer(
        name="phone_named",
        entity="PHONE",
        gate=_gate_for(_NAMES, _FOREIGN_NAMES),
        gate_kind="words",
        pattern=_pattern_behind(_NAMES, _FOREIGN_NAMES),
        validate=_is_phone_number,
        starts_at_gate=True,
        positive=(
            ("sms gateway phone=5555380158 status=queued", "5555380158"),
            ("msisdn 971501234567 ok", "971501234567"),
            ("contact_phone=02 234 5678 ok", "02 234 5678"),
            ("Calling tel (8 12) 34-56-78 ok", "(8 12) 34-56-78"),
            ("mobile: 8 (912) 345-67-89", "8 (912) 345-67-89"),
            ("Mobile: 723 813 266\nDesk", "723 813 266"),
            ("Phone:\n467 3395\n", "467 3395"),
            ("mobileNumber=07700900123&x=1", "07700900123"),
            (r"{\"phone_number\":\"06 12 34 56 78\"}", "06 12 34 56 78"),
            ("'phone' => '(11) 98765-4321'", "(11) 98765-4321"),
            ("<homePhone>030 1234567</homePhone>", "030 1234567"),
            ("my phone number is 98765 43210.", "98765 43210"),
            ("caller_id=4155550132 callee=x", "4155550132"),
            ("CallerID: <4155550132>", "4155550132"),
            ("CallerIDNum: 4155550132", "4155550132"),
            ('<phone type="home">030-12345678</phone>', "030-12345678"),
            ("ph: 9876543210", "9876543210"),
            ("from_number: 0044 20 7946 0958,", "0044 20 7946 0958"),
            ("SIP/4155550132-000001c2 answered", "4155550132"),
            ("INVITE sip:4155550132@gw", "4155550132"),
            ("tel:7042555;phone-context=x", "7042555"),
            ("phone%3D5555380158%26a", "5555380158"),
            ("whatsapp to 447700900123", "447700900123"),
            ("Telefonnummer: 030/1234567", "030/1234567"),
            ("用户手机号13812345678登录", "13812345678"),
            ("телефон 8 912 345 67 89", "8 912 345 67 89"),
            ("Mobile: 03.93.92.16.85", "03.93.92.16.85"),
            ("MOBILE_NO=9876543210", "9876543210"),
            ("phone 2: 0712 345 678 2024-01-01", "0712 345 678"),
            ("fax 415 555 0132 x12", "415 555 0132 x12"),
            ("phone 4155550132 1700000000123456", "4155550132"),
        ),
        negative=(
            "phone_id=5551234567",
            "phoneModel=1234567",
            "mobile app build 20240115",
            "hotel 1234567",
            "caller=2024-01-31 10:00:00",
            "caller=192.168.10.12",
            "caller id 1700000000.123",
            "phone lookup took 1234567 us",
            "tel 1234567 bytes",
            "phones: 1234567",
            "cell=12345678",
            "phone=12345",
            "phone=5551234567abc",
            "phone=a5551234567",
            "microphone=1234567",
        ),
    ),
    Recognizer(
        name="phone_called",
        entity="PHONE",
        gate=_gate_for(_VERBS),
        gate_kind="words",
        pattern=_pattern_behind(_VERBS),
        validate=_has_phone_form,
        starts_at_gate=True,
        positive=(
            ("sms sent to 97122345678 ok", "97122345678"),
            ("They're not answering at 99 668472", "99 668472"),
            ("stop receiving messages to 0688 872 49 99", "0688 872 49 99"),
            ("call me on 07700 900123", "07700 900123"),
            ("texted 020 7946 0958", "020 7946 0958"),
            ("dialing 4155550132 ...", "4155550132"),
            ("Call from 555-0132 missed", "555-0132"),
            ("Desk: 5403926876", "5403926876"),
            ("otp to customer 09123456789", "09123456789"),
        ),
        negative=(
            "call 1700000000 done",
            "call 1234567 done",
            "call took 1234567 ms",
            "callId=4155550132",
            "message 1700000000123",
            "messages: 2024-01-31 10:00",
            "contact 10.20.30.40",
            "sms id 4155550132",
            "verify 4155550132 block",
            "outbound bytes 4155550132",
            "no such table: sms_2658655094",
            "rpc call to 10.0.0.1:8020",
        ),
    ),
    Recognizer(
        name="phone_labelled",
        entity="PHONE",
        gate=r"[0-9]{2}[ ]?[ (-][ ]?(?i:office|fax|mobile|cell|landline|telephone)",
        gate_kind="words",
        pattern=re.compile(
            rf"{NUMBER_START}(?P<value>\(?\d{{2,5}}\)?(?:[-. ]\d{{2,8}}){{1,5}}|\d{{10}})[ ]?[ (-][ ]?(?i:{_LABEL})",
            re.ASCII,
        ),
        validate=_is_labelled,
        positive=(
            ("781 1704 office", "781 1704"),
            ("082 490 1693-Office", "082 490 1693"),
            ("3660170548-Fax", "3660170548"),
        ),
        negative=("12 345 mobile", "room 781 1704 officer", "2024-01-31 fax", "10.20.30.40 mobile"),
    ),
)
