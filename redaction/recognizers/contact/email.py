"""E-mail addresses under a top-level domain that exists."""

import re
from functools import cache
from importlib.resources import files
from string import ascii_letters, digits

from redaction.recognizer import Recognizer

# "@", also as URLs (once or twice encoded), JSON and HTML escape it.
_AT = r"(?:@|%(?:25)?40|\\{1,7}[uU]0040|&#64;|&#[xX]40;)"
# The signs of RFC 5322 that don't also delimit values in logs and URLs ("?email=", "a|b", "{user}").
_SIGN = r"[\w.+~!#$^-]"
# URL escapes of characters that a local part may have, and of letters outside ASCII. Not of "<", "=", ":" and the like.
_ESCAPED = r"%(?:25)?(?:2[1345BbDdEe7]|5[EeFf]|7[Ee]|[89A-Fa-f][0-9A-Fa-f])|%(?![0-9A-Fa-f]{2})"
# Only single characters are repeated possessively: Python before 3.11.5 mismatches possessive groups (gh-106052).
_ATOM = rf"(?=[\w.+~!#$^%-]){_SIGN}*+(?:(?:{_ESCAPED}){_SIGN}*+)*"
# An apostrophe may belong to a name or be a quote before it, so `re` may enter a run twice: the run is bounded.
_LOCAL = rf"{_ATOM}(?:'{_ATOM}){{0,3}}"
_QUOTED = r"(?<!\w)\"[^\"\\@\s]{1,32}(?: [^\"\\@\s]{1,32}){0,3}\""  # RFC 5321, 4.1.2
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_TOP_LEVEL = r"(?:[xX][nN]--[A-Za-z0-9-]{2,59}|[^\W\d_]{2,63})"
_DOMAIN = rf"{_AT}(?P<domain>(?:{_LABEL}\.){{1,16}}{_TOP_LEVEL})"
_NOT_INSIDE = r"(?<![\w.+~!#$^%\\-])"
# The last sign of "\n", "\u003c" or "%3C" is none of the name's, which in "ACME\joe" starts behind the backslash.
_AFTER_ESCAPE = (
    r"(?:(?<=\\)(?![nrtbfu])|(?<=\\[nrtbf])|(?<=\\u[0-9A-Fa-f]{4})"
    r"|(?<=%[2-7][0-9A-Fa-f])(?<!%2[1345BbDdEe7])(?<!%5[EeFf])(?<!%7[Ee])(?<!%4[1-9A-Fa-f])(?<!%6[0-9A-Fa-f]))"
)


def _address_pattern(name: str, after: str = "") -> re.Pattern[str]:
    return re.compile(rf"(?P<value>(?P<name>{name}){_DOMAIN}){after}")


# RFC 2606, 6761, 6762 (appendix G) and ICANN's reserved "internal": in use inside companies, and in examples.
_SPECIAL_USE = {
    "alt", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local", "localhost", "onion",
    "private", "test",
}  # fmt: skip
# "4.17.1-rc.dev" and "v2.io" behind a package's name, "2x.zip" behind an image's.
_VERSION = re.compile(r"v?\d+\.\d+(?:\.\d+-.*|\.[a-z]+)|v?\d{1,2}x?\.[a-z]+", re.IGNORECASE)


@cache
def _top_level_domains() -> frozenset[str]:
    """Return the top-level domains, in Unicode and in Punycode.

    They are IANA's, from the ICANN part of publicsuffix.org's list. Reading it takes 20 ms.
    """
    rules = (files("publicsuffixlist") / "public_suffix_list.dat").read_text("utf-8").partition("===END ICANN")[0]
    names = {rule.rpartition(".")[2] for rule in rules.split("\n") if rule and not rule.startswith("//")}
    return frozenset(names | {name.encode("idna").decode() for name in names if not name.isascii()} | _SPECIAL_USE)


def _is_mail_domain(match: re.Match[str]) -> bool:
    domain = match["domain"]
    return domain.rpartition(".")[2].lower() in _top_level_domains() and not _VERSION.fullmatch(domain)


# The end of a URL's user name and password is no address: "postgres://app:secret@db.example.com".
_USER_INFO = re.compile(r":(?:\\?/){2}[^\s/@\"'<>]{0,128}:[^\s/\"'<>]{0,256}\Z")


def _is_user_info(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 400) : match.start()]
    return "/" in before and _USER_INFO.search(before) is not None


def _is_address(match: re.Match[str]) -> bool:
    # "git@github.com:owner/name.git" is a repository, not a mailbox.
    is_repository = match["name"] == "git" and match.string.startswith(":", match.end())
    return match["name"] != "" and not is_repository and not _is_user_info(match) and _is_mail_domain(match)


# A domain's signs are letters, digits, hyphens, underscores and what isn't ASCII; its last label starts with no digit.
_GATE_AT = r"(?:@|%40|%2540|[uU]0040|&#64;|&#[xX]40;)"
_GATE_LABEL = r"[^\x00-,./:-@\[-^\x60{-\x7f]"
_GATE_LETTER = r"[^\x00-@\[-\x60{-\x7f]"
# In an ASCII text: what a name is made of, and the backslashes of "\\u0040".
_LEAD_SIGNS = ascii_letters + digits + "_.+~!#$^%'\\-"
_GATE = rf"{_GATE_AT}(?:{_GATE_LABEL}|\.)+\.{_GATE_LETTER}{_GATE_LABEL}"

RECOGNIZERS = (
    Recognizer(
        name="email",
        entity="EMAIL",
        gate=_GATE,
        gate_kind="shapes",
        pattern=_address_pattern(rf"{_NOT_INSIDE}{_LOCAL}"),
        validate=_is_address,
        lead_characters=_LEAD_SIGNS,
        positive=(
            ("mail to jane.doe@example.com failed", "jane.doe@example.com"),
            ("to=<omas+test@mail.example.co.uk>,", "omas+test@mail.example.co.uk"),
            ("GET /search?email=garcia-robert%40mail.example.org&page=5", "garcia-robert%40mail.example.org"),
            ("values ('o'kim@gmail.com', 1)", "o'kim@gmail.com"),
            ("user@xn--80ak6aa92e.com.", "user@xn--80ak6aa92e.com"),
            ("a@xn--d1acufc.xn--p1ai", "a@xn--d1acufc.xn--p1ai"),
            ("почта иван@пример.рф", "иван@пример.рф"),
            ("von jörg@münchen.de gesendet", "jörg@münchen.de"),
            ("JENNIFER.DUBOIS@QQ.COM", "JENNIFER.DUBOIS@QQ.COM"),
            ("joe%2Btest%40example.com", "joe%2Btest%40example.com"),
            ("user=j%C3%B6rg%40example.com", "j%C3%B6rg%40example.com"),
            (r'"joe\u0040example.com"', r"joe\u0040example.com"),
            ("&lt;joe&#64;example.com&gt;", "joe&#64;example.com"),
            ('To: "" <joe@example.com>', "joe@example.com"),
            (r"{\"mail\":\"joe@example.com\"}", "joe@example.com"),
            ("mailto:joe@example.com?subject=x", "joe@example.com"),
            ("upn=joe@ad.acme.local", "joe@ad.acme.local"),
            ("joe@example.com_2024", "joe@example.com"),
            ("user:joe@example.museum:1000", "joe@example.museum"),
            ("login git@github.com", "git@github.com"),
        ),
        negative=(
            "lodash@4.17.1",
            "next@13.4.0-canary.beta",
            "react-dom@18.3.0-rc.dev",
            "icons/foo@2x.png",
            "icons/foo@2x.zip",
            "Started user@1000.service",
            "wg-quick@wg0.conf: loaded",
            "root@localhost",
            "@example.com",
            "jane@",
            "java.lang.Object@1b6d3586",
            "clone git@github.com:acme/web.git",
            "@app.route('/x') def f(): @cached.property",
            "s3://key@bucket.parquet",
        ),
    ),
    Recognizer(
        name="email_after_escape",
        entity="EMAIL",
        gate=r"(?:\\|%[2-7][0-9A-Fa-f])[^ \"&(),/:;=|@\\\n]*" + _GATE_AT,
        gate_kind="shapes",
        pattern=_address_pattern(rf"{_AFTER_ESCAPE}{_LOCAL}"),
        validate=_is_address,
        positive=(
            ("/login?next=%2Fa%3Femail%3Djoe%2540example.com%26x", "joe%2540example.com"),
            ("?to=%3Cjoe%40example.com%3E", "joe%40example.com"),
            (r"hi\njoe@example.com\nbye", "joe@example.com"),
            (r"from \u003cjoe@example.com\u003e", "joe@example.com"),
            (r"C:\joe@example.com\inbox", "joe@example.com"),
        ),
        negative=(r"\nlodash@4.17.1", r"\n@example.com", "%3C%40example.com", "joe%2Bx", r"\njoe@2x.png"),
    ),
    Recognizer(
        name="email_quoted_name",
        entity="EMAIL",
        gate=rf'"{_GATE}',
        gate_kind="shapes",
        pattern=_address_pattern(_QUOTED),
        validate=_is_address,
        max_lead=140,
        positive=(('rcpt "joe doe"@example.com ok', '"joe doe"@example.com'),),
        negative=('say "hi"@4.17.1', '""@example.com'),
    ),
    Recognizer(
        name="email_in_file_name",
        entity="EMAIL",
        gate=rf"{_GATE}*\.[^\x00-/:-@\[-^\x60{{-\x7f]",
        gate_kind="shapes",
        pattern=_address_pattern(rf"{_NOT_INSIDE}{_LOCAL}", r"\.[^\W_]"),
        validate=_is_address,
        lead_characters=_LEAD_SIGNS,
        skip_inside="email",
        positive=(("open /var/spool/joe@example.com.mbox", "joe@example.com"),),
        negative=("lodash@4.17.1.tgz", "user@1000.service", "icons/foo@2x.png"),
    ),
)
