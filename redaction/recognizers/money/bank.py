"""International bank accounts (IBAN) and SWIFT codes."""

import re

import phonenumbers
from stdnum import iban
from stdnum.iso7064 import mod_97_10

from redaction.fragments.boundaries import GATE_START, NUMBER_END
from redaction.fragments.labelled import labelled_gate, labelled_pattern
from redaction.recognizer import Recognizer

# SWIFT, "IBAN Registry", release 101: the countries by the length of their IBAN.
_REGISTERED = {
    15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip
# In use without being registered: only their check digits can be verified.
_UNREGISTERED = {
    25: "AO CV GW MZ", 26: "DZ IR", 27: "CF CG CM GA GQ KM MG TD", 28: "BF BJ CI MA ML NE SN TG",
}  # fmt: skip
_UNREGISTERED_CODES = frozenset(" ".join(_UNREGISTERED.values()).split())
_LENGTHS = sorted({*_REGISTERED, *_UNREGISTERED})
# Hexadecimal numbers are full of these. The structure of all of them has eight digits or more behind the check digits.
_HEXADECIMAL = ("AD", "AE", "BA", "BE", "DE", "EE")
_OTHERS = sorted({*" ".join(_REGISTERED.values()).split()} - {*_HEXADECIMAL})

# The lookbehinds stand behind the first letter: `re` finds a letter much faster than a position before it.
_BEHIND_FIRST = r"(?:(?<![0-9A-Za-z].)|(?<=%[2-7][0-9A-Fa-f].)|(?<=\\[nrt].))"
_JOIN = r"(?:[ +-]|%20)?"
_SWIFT_WORDS = ("swift", "swift code", "bic", "bic code", "swift bic", "bank identifier code", "swift no", "bic swift")


def _iban_pattern(length: int) -> str:
    registered, others = (table.get(length, "none").replace(" ", "|") for table in (_REGISTERED, _UNREGISTERED))
    return rf"(?:(?<=(?i:{registered})\d\d)|(?<=(?:{others})\d\d))(?:{_JOIN}[A-Za-z0-9]){{{length - 4}}}"


def _is_iban(match: re.Match[str]) -> bool:
    """Check the country's structure and ISO 13616's modulo 97.

    National check digits are not checked.
    """
    number = iban.compact(match.group().replace("%20", "").replace("+", ""))
    if number[:2] in _UNREGISTERED_CODES:
        return mod_97_10.is_valid(number[4:] + number[:4])
    return iban.is_valid(number, check_country=False)


def _has_country(match: re.Match[str]) -> bool:
    """Check for a country code in letters five and six (ISO 9362)."""
    return match["value"][4:6].upper() in phonenumbers.SUPPORTED_REGIONS


RECOGNIZERS = (
    Recognizer(
        name="iban",
        entity="IBAN",
        gate=rf"{GATE_START}(?:(?:(?i:{'|'.join(_OTHERS)})|{'|'.join(sorted(_UNREGISTERED_CODES))})"
        rf"[0-9]{{2}}{_JOIN}[0-9A-Za-z]{{2}}|(?i:{'|'.join(_HEXADECIMAL)})[0-9]{{2}}(?:{_JOIN}[0-9]){{8}})",
        gate_kind="words",
        pattern=re.compile(
            rf"[A-Za-z]{_BEHIND_FIRST}[A-Za-z]\d\d(?:{'|'.join(map(_iban_pattern, _LENGTHS))})(?![0-9A-Za-z])",
            re.ASCII,
        ),
        validate=_is_iban,
        max_lead=0,
        positive=(
            ("transfer iban=GB61NWBK72538156279484 amount=621612.85", "GB61NWBK72538156279484"),
            ("iban: KZ86 125K ZT50 0410 0100 done", "KZ86 125K ZT50 0410 0100"),
            ('"iban":"de89370400440532013000"', "de89370400440532013000"),
            ("DE89 3704 0044 0532 0130 00 EUR 100", "DE89 3704 0044 0532 0130 00"),
            ("to=BE71+0961+2345+6769&x=1", "BE71+0961+2345+6769"),
            ("acct=NL91%20ABNA%200417%201643%2000", "NL91%20ABNA%200417%201643%2000"),
            ("FR14-2004-1010-0505-0001-3M02-606", "FR14-2004-1010-0505-0001-3M02-606"),
            (r"SEPA\nMT84MALT011000012345MTLCAST001S\n", "MT84MALT011000012345MTLCAST001S"),
            ("IR062960000000100324200001", "IR062960000000100324200001"),
        ),
        negative=(
            "DE45500105175407324931",
            "AL84212110090000AB023569874",
            "XX89370400440532013000",
            "DE8937040044053201300",
            "xDE89370400440532013000",
            "DE893704004405320130001",
            "ad12ae34be56de7800000000000000000000",
        ),
    ),
    Recognizer(
        name="swift_code",
        entity="SWIFT",
        gate=labelled_gate(_SWIFT_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_SWIFT_WORDS, rf"[A-Z]{{6}}[A-Z0-9]{{2}}(?:[A-Z0-9]{{3}})?{NUMBER_END}", re.ASCII),
        validate=_has_country,
        starts_at_gate=True,
        positive=(
            ("swift=DEUTDEFF500 amount=9", "DEUTDEFF500"),
            ('"bic":"NWBKGB2L"', "NWBKGB2L"),
            ("SWIFT code: CHASUS33", "CHASUS33"),
        ),
        negative=("swift: COMPILERS", "swift code: OVERFLOW", "DEUTDEFF", "bic: deutsche", "swift 5.9.2"),
    ),
)
