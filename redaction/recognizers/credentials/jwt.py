"""JSON Web Tokens (RFC 7519), signed, encrypted or cut off."""

import base64
import binascii
import json
import re
from functools import lru_cache

from redaction.fragments.boundaries import AFTER_ESCAPE
from redaction.recognizer import Recognizer

# RFC 7519 and 7515: base64url of a JSON object, of the claims and of a signature, joined by dots. An encrypted token
# (RFC 7516) has five parts. A token that a log cut off is still redacted: its claims are readable.
_PART = r"[0-9A-Za-z_-]"
_PATTERN = re.compile(
    rf"(?=ey)(?:(?<![0-9A-Za-z_-])|{AFTER_ESCAPE})(?P<header>ey[AJ]{_PART}{{8,4000}}+)={{0,2}}"
    rf"(?:\.{_PART}{{0,16000}}+={{0,2}}){{1,4}}",
    re.ASCII,
)


def _has_header(match: re.Match[str]) -> bool:
    return _is_header(match["header"])


# The header identifies nobody and is the same for all tokens of an issuer.
@lru_cache(1024)
def _is_header(header: str) -> bool:
    try:
        decoded = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return False
    return isinstance(decoded, dict) and not {"alg", "typ", "enc", "kid", "jku", "x5t"}.isdisjoint(decoded)


_CLAIMS = "eyJzdWIiOiIxMjM0NTY3ODkwIn0"

RECOGNIZERS = (
    Recognizer(
        name="jwt",
        entity="JWT",
        gate=r"ey[AJ][0-9A-Za-z_-]{8}",
        gate_kind="prefixes",
        pattern=_PATTERN,
        validate=_has_header,
        starts_at_gate=True,
        positive=(
            (
                f"Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.{_CLAIMS}.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
                f"eyJhbGciOiJIUzI1NiJ9.{_CLAIMS}.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
            ),
            (f"/cb?id_token=eyJhbGciOiJub25lIn0.{_CLAIMS}.&state=1", f"eyJhbGciOiJub25lIn0.{_CLAIMS}."),
            (
                f'{{"jwt":"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{_CLAIMS}.abc"}}',
                f"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{_CLAIMS}.abc",
            ),
            (
                f"sent eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..{_CLAIMS}.abc.def ok",
                f"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..{_CLAIMS}.abc.def",
            ),
        ),
        negative=(
            "eyJhbGciOiJIUzI1NiJ9",
            "eyJmb28iOiJiYXIifQ.eyJmb28iOiJiYXIifQ.abc",
            "eyJub3QganNvbg.abc.def",
            "eyJhbGciOiJIUzI1NiJ9/part",
        ),
    ),
)
