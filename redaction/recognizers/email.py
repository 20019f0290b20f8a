"""E-mail addresses."""

import re

from redaction.recognizer import Recognizer

# The signs of RFC 5322 that don't also delimit values in logs and URLs ("?email=", "a|b", "{user}").
_SIGN = r"[\w.+~!#$^-]"
# Possessive repetition only of single characters: of groups it goes wrong before Python 3.11.5 (gh-106052).
_ATOM = rf"(?!%40|'|@){_SIGN}*+(?:%(?!40){_SIGN}*+)*"
# An apostrophe may stand inside a name and as a quote before it, so a run may be entered behind one: bounded.
_LOCAL = rf"{_ATOM}(?:'{_ATOM}){{0,3}}"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_TOP_LEVEL = r"(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,63})"

_PATTERN = re.compile(
    rf"(?:(?<![\w.+~!#$^%-])|(?<=%40)){_LOCAL}(?:@|%40)(?:{_LABEL}\.){{1,16}}{_TOP_LEVEL}", re.IGNORECASE
)

# What follows "@" and a dot in asset names, package specs and systemd units. None is in IANA's root zone.
_FILE_SUFFIXES = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "bmp",
        "ico",
        "css",
        "scss",
        "js",
        "mjs",
        "jsx",
        "tsx",
        "json",
        "html",
        "htm",
        "xml",
        "txt",
        "log",
        "csv",
        "pdf",
        "yml",
        "yaml",
        "tgz",
        "gz",
        "whl",
        "jar",
        "exe",
        "dll",
        "php",
        "lock",
        "service",
        "socket",
        "slice",
        "scope",
        "mount",
        "target",
        "timer",
        "device",
    ]
)
_VERSION = re.compile(r"v?\d+\.\d+(?:\.\d+-.*|\.[a-z]+)", re.IGNORECASE)


def _is_mail_domain(match: re.Match[str]) -> bool:
    domain = re.split("@|%40", match.group())[-1]
    return domain.rpartition(".")[2].lower() not in _FILE_SUFFIXES and not _VERSION.fullmatch(domain)


RECOGNIZERS = (
    Recognizer(
        name="email",
        entity="EMAIL",
        gate=r"(?:@|%40)[^.@%]{1,63}\.",
        pattern=_PATTERN,
        validate=_is_mail_domain,
        positive=(
            ("mail to jane.doe@example.com failed", "jane.doe@example.com"),
            ("to=<omas+test@mail.example.co.uk>,", "omas+test@mail.example.co.uk"),
            ("GET /search?email=garcia-robert%40mail.example.org&page=5", "garcia-robert%40mail.example.org"),
            ("values ('o'kim@gmail.com', 1)", "o'kim@gmail.com"),
            ("user@xn--80ak6aa92e.com.", "user@xn--80ak6aa92e.com"),
            ("a@xn--d1acufc.xn--p1ai", "a@xn--d1acufc.xn--p1ai"),
            ("von jörg@münchen.de gesendet", "jörg@münchen.de"),
            ("JENNIFER.DUBOIS@QQ.COM", "JENNIFER.DUBOIS@QQ.COM"),
            ("joe%2Btest%40example.com", "joe%2Btest%40example.com"),
        ),
        negative=(
            "lodash@4.17.1",
            "next@13.4.0-canary.beta",
            "icons/foo@2x.png",
            "Started user@1000.service",
            "root@localhost",
            "@example.com",
            "jane@",
            "java.lang.Object@1b6d3586",
        ),
    ),
)
