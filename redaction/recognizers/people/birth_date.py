"""Dates of birth, known by their key: any other date stays."""

import re
from datetime import UTC, date, datetime

from redaction.fragments.context import word_gate, word_pattern
from redaction.recognizer import Recognizer

# "birth" alone is what stat(1) calls the time that a file was made.
_WORDS = (
    "dob", "d.o.b", "d.o.b.", "date of birth", "birth date", "birth day", "birthday date", "bday", "birth dt",
    "dt birth", "dt of birth", "date birth", "day of birth", "born", "born on", "dobirth",
    "geburtsdatum", "geburtstag", "geb datum", "geboren", "geboren am", "date de naissance", "date naissance",
    "né le", "née le", "né(e) le", "fecha de nacimiento", "fecha nacimiento", "f nacimiento", "nacido el", "nacida el",
    "data di nascita", "data nascita", "nato il", "nata il", "data de nascimento", "data nascimento", "dt nascimento",
    "dtnasc", "nascido em", "nascida em", "geboortedatum", "data urodzenia", "fødselsdato", "födelsedatum",
    "syntymäaika", "datum narození", "születési dátum", "doğum tarihi", "data nașterii", "дата рождения",
    "生年月日", "出生日期", "생년월일",
)  # fmt: skip
_FIRST_YEAR = 1900
_CENTURY = 100
_MONTHS = 12

# The first letters of the months, in English, German, French, Spanish, Italian, Portuguese and Dutch.
_MONTH = {
    prefix: month
    for month, prefixes in enumerate(
        (
            "jan ene gen", "feb fév fev", "mar mär maa mrt", "apr avr abr", "may mai mag mei", "jun juin giu",
            "jul juil lug", "aug aoû aou ago", "sep set", "oct okt ott out", "nov", "dec dez déc dic",
        ),
        start=1,
    )
    for prefix in prefixes.split()
}  # fmt: skip

_QUOTE = r"(?:\\{0,7}[\"'`]|%22|&quot;)"
# Python's and SQL's dates, and those of MongoDB.
_CALL = (
    r"(?:(?:ISODate|new Date|LocalDate|Some|Optional|!!timestamp|datetime\.date|[Dd]ate|DATE)[(\[ ]\\{0,3}[\"']?"
    r"|\{[ ]?\\{0,3}\"\$date\\{0,3}\"[ ]?:[ ]?\\{0,3}\"?)?"
)
_WORD_BETWEEN = r"[ \t](?:is|was|on|le|am|el|il|em|the)[ \t]"
_BETWEEN = (
    rf"(?:[ _.-]?(?:value|string))?{_QUOTE}?"
    rf"(?:[ \t]{{0,3}}(?:=>|:=|[:=,|]|%3[AaDd]|[-–](?=[ ]))[ \t]{{0,3}}|>|{_WORD_BETWEEN}|[ \t]{{1,3}}"
    rf"|[ \t]?\([A-Za-z/-]{{2,10}}\)[ \t]?[:=]?[ \t]{{0,2}}){_QUOTE}?{_CALL}"
)
_JOIN = r"(?:[-/. ]|%2[FfDd]|, )"
_LETTERS = r"[^\W\d_]"
_WEEKDAY = rf"(?:{_LETTERS}{{3,10}},?[ ])?"
_CLOCK = r"(?:(?:[Tt ]|%20)\d\d(?::|%3[Aa])\d\d(?:(?::|%3[Aa])\d\d(?:\.\d{1,9})?)?(?:[Zz]|[ ]?[+-]\d\d:?\d\d)?)?"
_ISO = rf"(?P<y1>\d{{4}})(?:{_JOIN}|年)(?P<m1>\d\d?)(?:{_JOIN}|月)(?P<d1>\d\d?)(?!\d)日?{_CLOCK}"
_NUMBERS = rf"(?P<a2>\d\d?){_JOIN}(?P<b2>\d\d?){_JOIN}(?P<y2>\d{{4}}|\d\d)(?!\d){_CLOCK}"
# 31 January 1980, 31-Jan-80, 31st of January 1980, 31 de enero de 1980, Thu, 31 Jan 1980
_DAY_FIRST = (
    rf"{_WEEKDAY}(?P<d3>\d\d?)(?:st|nd|rd|th|er|\.)?[- ./]?(?:(?:of|de)[ ])?(?P<m3>{_LETTERS}{{3,12}})\.?"
    rf"(?:[- ./]|, )?(?:del?[ ])?(?P<y3>\d{{4}}|\d\d)(?!\d)"
)
# January 31, 1980, Thu Jan 31 1980
_MONTH_FIRST = (
    rf"{_WEEKDAY}(?P<m4>{_LETTERS}{{3,12}})\.?[- ](?P<d4>\d\d?)(?:st|nd|rd|th)?(?:, ?|[- ])(?P<y4>\d{{4}})(?!\d)"
)
# 19800131, 31011980, and seconds or milliseconds since 1970
_DIGITS = r"(?P<digits>-?\d{7,13})(?![\d.-])"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\w:.-])"
_DATE = re.compile(
    rf"{word_pattern(_WORDS)}(?i:{_BETWEEN})"
    rf"(?P<value>(?i:{_ISO}|{_NUMBERS}|{_DAY_FIRST}|{_MONTH_FIRST}|{_DIGITS}|{_YEAR}))"
)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return year >= _FIRST_YEAR and date(year, month, day) <= datetime.now(UTC).date()
    except ValueError:
        return False


def _is_either_order(year: int, one: int, other: int) -> bool:
    if year < _CENTURY:
        # 31.01.80, 31.01.08: accepted if the day has passed in one of the centuries.
        return any(_is_either_order(century + year, one, other) for century in (1900, 2000))
    return _is_day(year, one, other) or _is_day(year, other, one)


def _is_compact(digits: str) -> bool:
    if len(digits) == len("19800131") and (
        _is_day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        or _is_either_order(int(digits[4:]), int(digits[:2]), int(digits[2:4]))
    ):
        return True
    seconds = int(digits) / (1000 if len(digits.lstrip("-")) > len("1700000000") else 1)
    earliest = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()
    return earliest <= seconds <= datetime.now(UTC).timestamp()


def _is_birth_date(match: re.Match[str]) -> bool:
    """Accept a day from 1900 until today."""
    part = match.groupdict()
    if part["y1"]:
        return _is_day(int(part["y1"]), int(part["m1"]), int(part["d1"]))
    if part["y2"]:
        return _is_either_order(int(part["y2"]), int(part["a2"]), int(part["b2"]))
    if part["digits"]:
        return _is_compact(part["digits"])
    if part["year"]:
        return int(part["year"]) <= datetime.now(UTC).year
    name = part["m3"] or part["m4"]
    month = _MONTH.get(name[:4].lower()) or _MONTH.get(name[:3].lower(), 0)
    return 0 < month <= _MONTHS and _is_either_order(
        int(part["y3"] or part["y4"]), month, int(part["d3"] or part["d4"])
    )


RECOGNIZERS: tuple[Recognizer, ...] = (
    Recognizer(
        name="birth_date",
        entity="DOB",
        gate=rf"{word_gate(_WORDS)}(?i:[ _.-]?(?:value|string))?[^A-Za-z0-9]",
        gate_kind="words",
        pattern=_DATE,
        validate=_is_birth_date,
        starts_at_gate=True,
        positive=(
            ("profile update dob=1976-04-13 user=7", "1976-04-13"),
            ('"dateOfBirth":"1980-01-31T00:00:00.000Z"', "1980-01-31T00:00:00.000Z"),
            (r"{\"birth_date\": \"03/14/1960\"}", "03/14/1960"),
            ("?birthdate=01%2F31%2F1980&x=1", "01%2F31%2F1980"),
            ("DOB: 31-Jan-1980", "31-Jan-1980"),
            ("DOB 01/31/80, male", "01/31/80"),
            ("She was born on 2/8/1935.", "2/8/1935"),
            ("born January 31, 1980 in", "January 31, 1980"),
            ("Please tell me your date of birth. dob is 6/24/1991", "6/24/1991"),
            ("birthday: 31st of January 1980", "31st of January 1980"),
            ("Date of Birth (MM/DD/YYYY): 01/31/1980", "01/31/1980"),
            ("patient_dob=19800131", "19800131"),
            ("dob=31011980", "31011980"),
            ("dateOfBirth=318211200000", "318211200000"),
            ("dob=-315619200", "-315619200"),
            ("'dob': datetime.date(1980, 1, 31)", "1980, 1, 31"),
            ("dob = DATE '1980-01-31'", "1980-01-31"),
            ('"birthDate":{"$date":"1980-01-31"}', "1980-01-31"),
            ('<birthDate value="1980-01-31"/>', "1980-01-31"),
            ("Date of birth - 31/01/1980", "31/01/1980"),
            ('dob: Some("1980-01-31")', "1980-01-31"),
            ("<dob>1980-01-31</dob>", "1980-01-31"),
            ("Geburtsdatum: 31.01.1980", "31.01.1980"),
            ("geboren am 31. Januar 1980", "31. Januar 1980"),
            ("né le 14 juillet 1980", "14 juillet 1980"),
            ("fecha de nacimiento: 14 de julio de 1980", "14 de julio de 1980"),
            ("生年月日:1980年1月31日", "1980年1月31日"),
        ),
        negative=(
            "Birth: 2023-05-01 10:00:00.123456789 +0000",
            "dob=2999-01-01",
            "dob=1899-12-31",
            "dob=13/13/1980",
            "dob=null",
            "dob field missing at 2024-01-01",
            "adobe 2024-01-01",
            "born 5 times",
            "stillborn 2024-01-01",
            "birthday reminder job 20240101 done",
            "DOB: 31-Foo-1980",
        ),
    ),
)
