"""Identity and taxpayer numbers of the United States: SSN, ITIN."""

import re

from redaction.fragments.boundaries import DIGIT_START, NUMBER_END, NUMBER_START
from redaction.fragments.labelled import labelled_gate, labelled_pattern
from redaction.recognizer import Recognizer

# SSA, "Social Security Number Randomization" (in force since 2011-06-25): area 001 to 899 without 666, group not 00,
# serial not 0000. The older rules by state no longer hold, so no narrower check is sound.
_US_SSN = re.compile(rf"{DIGIT_START}(?!000|666|9)\d{{3}}-(?!00)\d{{2}}-(?!0000)\d{{4}}{NUMBER_END}", re.ASCII)
_SSN_WORDS = (
    *("ssn", "ssns", "ssn num", "ssn no", "ssn number", "ssnum", "us ssn", "ss number", "ss no", "ss#"),
    *("social security", "social security number", "social security no", "social security num", "social sec"),
    *("soc sec", "soc sec no", "social security #", "socialsecurity number", "ssn tin", "ssn itin", "taxpayer ssn"),
)
_LAST_FOUR_WORDS = (
    *("ssn last 4", "ssn last four", "last 4 ssn", "last four ssn", "last 4 of ssn", "last four of ssn", "ssn4"),
    *(
        "last 4 of social",
        "last four of social",
        "last 4 digits of ssn",
        "last four digits of ssn",
        "ssn last 4 digits",
    ),
    *("ssn ending", "ssn ending in", "ssn ends in", "last 4 social", "last 4 of the ssn", "last 4 of your ssn"),
)
# A labelled number is accepted whatever its range: the Social Security Administration has not issued 9xx, but people
# type such numbers. All zeros are a placeholder.
_LABELLED_SSN = rf"(?!0{{3}}[-. ]?0{{2}}[-. ]?0{{4}})\d{{3}}(?P<join>[-. ]|%20|)\d{{2}}(?P=join)\d{{4}}{NUMBER_END}"

# IRS Internal Revenue Manual 3.21.263.5.1: 9xx with 50 to 65, 70 to 88, 90 to 92 or 94 to 99 in the middle.
_ITIN_MIDDLE = r"(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])"
_ITIN_WORDS = ("itin", "itin number", "itin no", "individual taxpayer identification number", "individual taxpayer")

RECOGNIZERS = (
    Recognizer(
        name="us_ssn_hyphens",
        entity="US_SSN",
        gate=r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
        gate_kind="shapes",
        pattern=_US_SSN,
        starts_at_gate=True,
        positive=(
            ("kyc ssn=123-45-6789 matched", "123-45-6789"),
            ("'001-61-1658')", "001-61-1658"),
            ("899-99-9999", "899-99-9999"),
            (r"name\n326-76-9515\n", "326-76-9515"),
        ),
        negative=(
            "000-45-6789",
            "666-45-6789",
            "900-45-6789",
            "987-65-4321",
            "123-00-6789",
            "123-45-0000",
            "1123-45-6789",
            "123-45-67890",
            "12-123-45-6789",
            "123-45-6789-01",
            "a123-45-6789",
            "123-45-6789.5",
            "123456789",
            "3187c8df-123-45-6789-8602",
        ),
    ),
    # A release is written like this too: "version 115.02.1234", "v115.02.1234".
    Recognizer(
        name="us_ssn_dots",
        entity="US_SSN",
        gate=r"[0-9]{3}\.[0-9]{2}\.[0-9]{4}",
        gate_kind="shapes",
        pattern=re.compile(
            rf"{NUMBER_START}(?<![vV]ersion[ :=/])(?<![vV]er[ :=/])(?<![/@=~^])"
            rf"(?!000|666|9)\d{{3}}\.(?!00)\d{{2}}\.(?!0000)\d{{4}}{NUMBER_END}",
            re.ASCII,
        ),
        starts_at_gate=True,
        positive=(("id 078.05.1123 checked", "078.05.1123"),),
        negative=(
            "version 115.02.1234",
            "v115.02.1234",
            "1.078.05.1123",
            "078.05.1123.4",
            "Chrome/115.02.1234",
            "078.05.112",
        ),
    ),
    Recognizer(
        name="us_ssn_labelled",
        entity="US_SSN",
        gate=labelled_gate(_SSN_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_SSN_WORDS, _LABELLED_SSN, re.ASCII),
        starts_at_gate=True,
        positive=(
            ("kyc.check ssn=620620917 result=ok", "620620917"),
            ('{"customerSsn":"078051123"}', "078051123"),
            (r"{\"SSN\":\"078051123\",\"x\":1}", "078051123"),
            ('"ssn": {"S": "078051123"}', "078051123"),
            ("ssn%22%3A%22078051123%22", "078051123"),
            ("SSN: 078 05 1123", "078 05 1123"),
            ("ssn 078.05.1123 seen", "078.05.1123"),
            ("user[ssn]=078051123&x=1", "078051123"),
            ("His social security number is 078051123.", "078051123"),
            ("<socialSecurityNumber>078051123</socialSecurityNumber>", "078051123"),
            ("SocialSecurityNo = 078051123", "078051123"),
            ("applicant_ssn_number: 078051123", "078051123"),
            ('ssn: Some("078051123")', "078051123"),
        ),
        negative=(
            "className=123456789",
            "ssn lookup took 078051123",
            "ssn=missing order=728927962",
            "ssn=000000000",
            "ssn=1234567890",
            "session 123456789",
            "[US_SSN] 123456789",
            "social 123456789",
        ),
    ),
    Recognizer(
        name="us_ssn_last_four",
        entity="US_SSN",
        gate=labelled_gate(_LAST_FOUR_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_LAST_FOUR_WORDS, rf"\d{{4}}{NUMBER_END}", re.ASCII),
        starts_at_gate=True,
        positive=(("ssn_last4=6789", "6789"), ('"last4Ssn":"6789"', "6789"), ("last four of SSN: 6789", "6789")),
        negative=("last4=6789", "ssn_last4=67890", "card last4 6789"),
    ),
    Recognizer(
        name="us_itin_hyphens",
        entity="US_ITIN",
        gate=r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
        gate_kind="shapes",
        pattern=re.compile(rf"{DIGIT_START}9\d\d-{_ITIN_MIDDLE}-\d{{4}}{NUMBER_END}", re.ASCII),
        starts_at_gate=True,
        skip_inside="us_ssn_hyphens",
        positive=(("tax form 911-70-1234 filed", "911-70-1234"), ("911-64-1234", "911-64-1234")),
        negative=("911-66-1234", "911-89-1234", "911-93-1234", "811-70-1234", "911-70-12345", "1-911-70-1234"),
    ),
    Recognizer(
        name="us_itin_labelled",
        entity="US_ITIN",
        gate=labelled_gate(_ITIN_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(
            _ITIN_WORDS, rf"9\d\d(?P<join>[-. ]|%20|){_ITIN_MIDDLE}(?P=join)\d{{4}}{NUMBER_END}", re.ASCII
        ),
        starts_at_gate=True,
        positive=(
            ("itin=911701234", "911701234"),
            ('"itin_number":"911 70 1234"', "911 70 1234"),
            ("Individual Taxpayer Identification Number: 911-70-1234", "911-70-1234"),
        ),
        negative=("itin=911661234", "itin=811701234", "waiting 911701234"),
    ),
)
