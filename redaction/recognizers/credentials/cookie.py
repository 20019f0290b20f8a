"""Values of HTTP cookies (RFC 6265)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from redaction.fragments.key_value import SEPARATOR
from redaction.fragments.randomness import is_placeholder
from redaction.gates.gates import Starts
from redaction.recognizer import Recognizer

# RFC 6265 section 4: pairs joined by "; ". In Set-Cookie all but the first are attributes.
_ATTRIBUTES = frozenset(
    ["path", "domain", "expires", "max-age", "samesite", "secure", "httponly", "priority", "version", "partitioned"]
)
_PAIR = r"[0-9A-Za-z_.$!#%*+~^-]{1,128}+[ ]?=[ ]?[^\s;,\"'\\\[\]{}]{0,4096}+"
_PAIRS = re.compile(
    r"(?P<name>[0-9A-Za-z_.$!#%*+~^-]{1,128}+)[ ]?=[ ]?(?P<value>[^\s;,\"'\\\[\]{}]{1,4096}+)", re.ASCII
)
_FLAG = r"[A-Za-z]{1,16}"
_SETTING = re.compile(r"[a-z]{1,12}|[a-z]{2}[-_][A-Z]{2}|[A-Z][a-z]{1,11}|[0-9]{1,4}")
"""`theme=dark`, `lang=en-US`."""


@dataclass(frozen=True, slots=True)
class _CookieRecognizer(Recognizer):
    """Recognizer of each value in a list of cookies.

    The names of the cookies stay.
    """

    def find(self, text: str, starts: Starts = None) -> list[tuple[int, int]]:
        return list(self._find_values(text, starts[0] if starts else 0))

    def _find_values(self, text: str, first: int) -> Iterator[tuple[int, int]]:
        for header in self.pattern.finditer(text, first):
            for pair in _PAIRS.finditer(text, header.start("value"), header.end("value")):
                value = pair["value"]
                if pair["name"].lower() in _ATTRIBUTES or _SETTING.fullmatch(value) or is_placeholder(value):
                    continue
                yield pair.span("value")


RECOGNIZERS = (
    _CookieRecognizer(
        name="cookie",
        entity="SECRET",
        gate=r"(?i:cookies?)[^a-z=]{1,8}[0-9A-Za-z_.$!#%*+~^-]+ ?=|(?i:cookies?)[\"']?=[\"'{]?[0-9A-Za-z_.-]+=",
        gate_kind="words",
        pattern=re.compile(
            rf"(?i:cookies?)(?:{SEPARATOR}|[ ])(?P<value>{_PAIR}(?:;[ ]?(?:{_PAIR}|{_FLAG})){{0,100}})", re.ASCII
        ),
        positive=(
            ("Cookie: sid=s%3Aj4kd.9Fk2", "s%3Aj4kd.9Fk2"),
            ("Cookie: theme=dark; session_key=4f0a9c; lang=en-US", "4f0a9c"),
            ("< Set-Cookie: JSESSIONID=0A1B2C3D; Path=/app; HttpOnly; Max-Age=3600", "0A1B2C3D"),
            ("'Cookie': '_ga=GA1.2.1029.1700', 'Accept': '*/*'", "GA1.2.1029.1700"),
            ("<Cookie csrftoken=hT3vQ9 for api.acme.io/>", "hT3vQ9"),
        ),
        negative=(
            "Cookie: [SECRET]",
            "cookie: theme=dark; consent=true",
            "cookies enabled=1",
            "Set-Cookie: a=; Path=/; Secure",
            "cookie expired, max=3",
        ),
    ),
)
