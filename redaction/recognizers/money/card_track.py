"""Magnetic stripes and security codes of payment cards."""

import re

from redaction.fragments.boundaries import NUMBER_END
from redaction.fragments.key_value import keyed_gate, keyed_pattern
from redaction.fragments.numbers import passes_luhn
from redaction.recognizer import Recognizer

_CODE_WORDS = (
    *("cvv", "cvc", "cvv2", "cvc2", "cvn", "csc", "card cvv", "card cvc", "card code", "security code"),
    *("card security code", "card verification value", "card verification code", "card verification", "cvv code"),
)


def _has_card(match: re.Match[str]) -> bool:
    return passes_luhn(match["number"])


RECOGNIZERS = (
    # ISO/IEC 7813: track 1 with the holder's name, track 2 without. Up to 79 and 40 characters.
    Recognizer(
        name="card_track_1",
        entity="CREDIT_CARD",
        gate=r"[0-9]{2}\^",
        gate_kind="shapes",
        pattern=re.compile(r"%?[Bb](?P<number>\d{12,19})\^[^^?\n]{2,26}\^(?:\d{4}|\^)[^?\n\"' ]{0,40}\??", re.ASCII),
        validate=_has_card,
        positive=(
            (
                "swipe %B4111111111111111^DOE/JOHN^27121010000000000000? ok",
                "%B4111111111111111^DOE/JOHN^27121010000000000000?",
            ),
        ),
        negative=("%B4111111111111112^DOE/JOHN^27121010000000000000?", "B4111111111111111^2"),
    ),
    Recognizer(
        name="card_track_2",
        entity="CREDIT_CARD",
        gate=r"[0-9]{4}[=A-F][0-9]{7}",
        gate_kind="shapes",
        pattern=re.compile(r"(?<![0-9A-Za-z]);?(?P<number>\d{12,19})[=D]\d{7,24}\??(?![0-9A-Za-z])", re.ASCII),
        validate=_has_card,
        positive=(
            ("track2=;4111111111111111=27121010000012300000? ok", ";4111111111111111=27121010000012300000?"),
            ("TRK2 4111111111111111D27121010000012300000", "4111111111111111D27121010000012300000"),
        ),
        negative=("1700000000123=1234567", ";4111111111111112=27121010000012300000?"),
    ),
    # PCI DSS 3.3.1: never to be stored after authorization, so no log may keep it.
    Recognizer(
        name="card_security_code",
        entity="CREDIT_CARD",
        gate=keyed_gate(_CODE_WORDS),
        gate_kind="words",
        pattern=keyed_pattern(_CODE_WORDS, rf"\d{{3,4}}{NUMBER_END}", re.ASCII),
        starts_at_gate=True,
        positive=(
            ("cvv=123&amount=5", "123"),
            ('"cvc": "9001"', "9001"),
            (r"{\"card_cvv2\":\"737\"}", "737"),
            ("Security Code: 482", "482"),
            ("securityCode => 482,", "482"),
            ("cardVerificationValue: 123", "123"),
        ),
        negative=("cvv=12345", "cvv: ok", "security code: 123456", "cvv_result=M"),
    ),
)
