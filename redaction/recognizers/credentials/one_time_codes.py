"""One-time codes, PINs and recovery phrases."""

import re

from redaction.fragments.key_value import GATE_JOINT, keyed_gate, keyed_pattern
from redaction.recognizer import Recognizer

_CODES = (
    "otp", "one time password", "one time code", "one time passcode", "one time pin", "verification code",
    "authentication code", "auth code", "security code", "login code", "sms code", "mfa code", "2fa code", "totp",
    "access code", "passcode", "confirmation pin", "pin", "pin code", "tan", "code de verification", "codigo pin",
)  # fmt: skip
_SURE = (
    r"otp|one[- ]time (?:password|passcode|code|pin)|(?:verification|authentication|security|login|2fa"
    r"|mfa) code|passcode"
)
_DIGITS = r"(?:[0-9]{4,8}|[0-9]{3}[ -][0-9]{3})(?![0-9A-Za-z]|[.,:/-][0-9])"
_PHRASES = (
    "mnemonic",
    "seed phrase",
    "recovery phrase",
    "backup phrase",
    "secret phrase",
    "seed words",
    "mnemonic phrase",
)

RECOGNIZERS = (
    Recognizer(
        name="secret_code",
        entity="SECRET",
        gate=keyed_gate(_CODES, suffix=False) + GATE_JOINT + "[0-9]{3}",
        gate_kind="words",
        pattern=keyed_pattern(_CODES, _DIGITS, re.ASCII | re.IGNORECASE, suffix=False),
        starts_at_gate=True,
        positive=(
            ("otp=482913 for user 7", "482913"),
            ("Your verification code is 482913.", "482913"),
            ('got {"mfaCode": "102938"', "102938"),
            ("PIN: 4821", "4821"),
            ("one-time password: 482 913", "482 913"),
        ),
        negative=(
            "pin=17",
            "spinning: 1234",
            "pin 4821 high",
            "error code: 482913",
            "otp=482913.5 ms",
            "pin: 1234-5678",
        ),
    ),
    Recognizer(
        name="secret_code_prose",
        entity="SECRET",
        gate=rf"(?i:(?:{_SURE}) [^0-9\n]*[0-9]{{3}}|[0-9]{{3}} is your )",
        gate_kind="words",
        pattern=re.compile(
            rf"(?<![^\W\d_])(?i:{_SURE}) (?:(?i:sent )?(?i:for|to) [^\s]{{1,64}} )?(?i:is |was |: ?|= "
            rf"?)?(?P<value>{_DIGITS})",
            re.ASCII,
        ),
        positive=(
            ("OTP for bob@host is 482913", "482913"),
            ("sent verification code 482913 by SMS", "482913"),
        ),
        negative=("OTP for bob expires in 300 s", "security code review 2024"),
    ),
    Recognizer(
        name="secret_code_first",
        entity="SECRET",
        gate=r"(?i:[0-9]{3} is your )",
        gate_kind="words",
        pattern=re.compile(
            r"(?<![0-9A-Za-z.-])(?P<value>(?:G-)?[0-9]{4,8}|[0-9]{3}[ -][0-9]{3}) is your (?:[\w'-]{1,24} ){0,4}"
            r"(?i:code|otp|pin|passcode|password|tan)(?![0-9A-Za-z])"
        ),
        positive=(
            ("SMS: 482913 is your Acme verification code", "482913"),
            ("G-102938 is your login code", "G-102938"),
        ),
        negative=("404 is the status code", "482913 is your order number"),
    ),
    Recognizer(
        name="recovery_phrase",
        entity="SECRET",
        # BIP 39: 12 to 24 words of 3 to 8 letters.
        gate=keyed_gate(_PHRASES, suffix=False),
        gate_kind="words",
        pattern=keyed_pattern(_PHRASES, r"[a-z]{3,8}(?:[ ,][a-z]{3,8}){11,23}(?![0-9A-Za-z])", suffix=False),
        starts_at_gate=True,
        positive=(
            (
                "mnemonic: legal winner thank year wave sausage worth useful legal winner thank yellow",
                "legal winner thank year wave sausage worth useful legal winner thank yellow",
            ),
        ),
        negative=("seed phrase: must have twelve words", "mnemonic is not set"),
    ),
)
