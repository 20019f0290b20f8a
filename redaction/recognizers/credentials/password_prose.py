"""Passwords in sentences, and in pairs of a name and a password."""

import re

from redaction.fragments.key_value import GATE_SEPARATOR, SEPARATOR
from redaction.fragments.randomness import is_placeholder
from redaction.recognizer import Recognizer

_KEY = r"(?<![^\W\d_])(?i:password|passwd|passphrase|passcode|pwd)"
_VALUE = r"(?P<value>(?=[^\s]{0,127}[0-9!@#$%^&*])[^\s\"'`,;<>()\[\]{}]{4,128})"
_SET = r"(?: has been| was| is)? (?:re)?(?:set|changed|updated) to "
_MEASURE = re.compile(r"[0-9.,:/%-]+[a-z]{0,7}\.?\Z")
_NAME = r"[\w.@+-]{1,64}"


def _is_password(match: re.Match[str]) -> bool:
    value = match["value"]
    return not is_placeholder(value) and _MEASURE.match(value) is None and "://" not in value


RECOGNIZERS = (
    Recognizer(
        name="password_prose",
        entity="PASSWORD",
        # Not for "Failed password for root from", of which the logs of sshd are full.
        gate=(
            r"(?i:password|passwd|passphrase|passcode|pwd) (?:(?:for|of) [^\n]*(?:[:=]| is | was | to )"
            r"|(?:has been |was |is )?(?:re)?(?:set|changed|updated) to )"
        ),
        gate_kind="words",
        pattern=re.compile(
            rf"{_KEY}(?: (?:for|of) (?:the )?(?:user |account )?[\"']?{_NAME}[\"']?"
            rf"(?:: ?| (?:is|was) | ?= ?|{_SET})|{_SET})"
            rf"[\"']?{_VALUE}"
        ),
        validate=_is_password,
        starts_at_gate=True,
        positive=(
            ("Password for user bob: hunter2", "hunter2"),
            ("passwd for alice set to S3cret9", "S3cret9"),
            ("the password of 'svc' was Winter0501!", "Winter0501!"),
        ),
        negative=(
            "Failed password for root from host1 port 22 ssh2",
            "password for bob is required",
            "password for bob: 5000ms",
            "password of bob was changed 2024-01-01",
        ),
    ),
    Recognizer(
        name="password_pair",
        entity="PASSWORD",
        gate=rf"(?i:credentials?|creds|basic[ _-]?auth|user[ _-]?pass)(?:{GATE_SEPARATOR}| )[^\n:/]*[:/]",
        gate_kind="words",
        pattern=re.compile(
            rf"(?<![^\W\d_])(?i:credentials?|creds|basic[ _-]?auth|user[ _-]?pass)(?:{SEPARATOR}| "
            rf"){_NAME}[:/](?!/){_VALUE}"
        ),
        validate=_is_password,
        positive=(
            ("credentials=bob:hunter2 host=db", "hunter2"),
            ("retry with credentials bob/hunter2", "hunter2"),
            ('x "creds":"svc:Tr0ub4dor&3"', "Tr0ub4dor&3"),
        ),
        negative=("credentials: file:///etc/x1", "credentials at 10:30:01", "credentials=bob:***"),
    ),
)
