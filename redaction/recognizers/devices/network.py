"""IP addresses, versions 4 and 6."""

import ipaddress
import re
from string import ascii_letters

from redaction.fragments.boundaries import AFTER_ESCAPE
from redaction.recognizer import Recognizer

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_DOTTED = rf"(?:{_OCTET}\.){{3}}{_OCTET}(?!\d)"

# What must stand before an address, and whether its first octet is one, is tested behind its first digit: `re`
# finds a digit fast. The last sign of an escape ("\n", "%3A") is none of a word that the address would be part
# of. RFC 791 and 6890: of 0.0.0.0/8 ("this network") only 0.0.0.0 is ever written as an address.
_V4 = re.compile(
    r"[0-9](?:(?<![0-9A-Za-z][0-9])(?<!\d\.[0-9])|(?<=\\[nrt][0-9])|(?<=%[2-7][0-9A-Fa-f][0-9])"
    r"|(?<=\\u[0-9A-Fa-f]{4}[0-9]))"
    r"(?:(?<=1)\d{0,2}|(?<=2)(?:5[0-5]|[0-4]?\d)?|(?<=[3-9])\d?|(?<=0)(?=\.0\.0\.0(?!\d)))"
    rf"(?:\.{_OCTET}){{3}}(?![0-9A-Za-z]|\.\d)",
    re.ASCII,
)

# A key may run straight into its value ("client:fe80::1"). Two letters, so that it isn't taken for a group.
_V6 = re.compile(
    rf"(?:(?<![0-9A-Za-z:])|(?<=[A-Za-z]{{2}}:)|{AFTER_ESCAPE})"
    rf"[0-9A-Fa-f:]{{0,39}}(?::{_DOTTED}|::|:[0-9A-Fa-f]{{1,4}})"
    r"(?:%(?:25)?[0-9A-Za-z](?:[\w.-]{0,14}[0-9A-Za-z])?)?(?![0-9A-Za-z]|:[0-9A-Fa-f:]|\.\d)",
    re.ASCII,
)

# Names that stand before a version of four parts. A list, since "host/10.0.0.1" is how Java writes an address.
_PRODUCTS = frozenset(
    [
        "applewebkit", "brave", "chrome", "chromium", "crios", "edg", "edge", "edga", "edgios", "electron", "firefox",
        "fxios", "headlesschrome", "mozilla", "opr", "opera", "safari", "samsungbrowser", "ucbrowser", "version",
        "vivaldi", "whale", "yabrowser", "yowser", "apache", "curl", "nginx", "okhttp", "openssl", "php", "wget",
    ]
)  # fmt: skip
_VERSION_WORDS = frozenset(
    ["ver", "rv", "v", "firmware", "release", "build", "revision", "chromium", "oracle", "openssl"]
)
_AFTER_VERSION = re.compile(
    r"-(?:alpha|beta|rc|snapshot|release|final|dev)(?![a-z])|\.(?:jar|war|tar|tgz|gz|zip|whl|rpm|deb|dll|exe|msi|so)\b"
    r"|-\d{1,3}(?:\.(?:el|fc|amzn|ubuntu|deb)\d|ubuntu|~|\+|_(?:amd64|arm64|all|i386))",
    re.IGNORECASE,
)
# RFC 9110, 10.1.5: a user agent is a list of products with versions. All that still send this one are browsers.
_USER_AGENT = re.compile(r"Mozilla/[45]\.0[^\"]{0,300}[A-Za-z]/$")
# Python's "items[1::2]" also parses as an address; "::1", the loopback, is the one short form in use.
_SLICE = re.compile(r"(?!::1$)\d{0,3}::\d{0,3}", re.ASCII)
_EUI_64 = re.compile(r"(?:[0-9A-Fa-f]{2}:){7}[0-9A-Fa-f]{2}")


def _follows_version_word(before: str) -> bool:
    if before.endswith("/"):
        return _last_word(before[:-1]) in _PRODUCTS
    word = _last_word(before.rstrip(" :=>\"'\\"))
    return word in _VERSION_WORDS or (word.endswith("version") and not word.endswith("conversion"))


def _last_word(text: str) -> str:
    return text[len(text.rstrip(ascii_letters)) :].lower()


def _is_v4(match: re.Match[str]) -> bool:
    text, start = match.string, match.start()
    before = text[max(0, start - 24) : start]
    if _follows_version_word(before) or _AFTER_VERSION.match(text, match.end()):
        return False
    return not before.endswith("/") or not _USER_AGENT.search(text, max(0, start - 320), start)


def _is_v6(match: re.Match[str]) -> bool:
    """Accept the RFC 4291 text form with a digit in it.

    "add::face" is a C++ name rather than an address.
    """
    address = match.group().partition("%")[0]
    # Nearly every candidate in a log is a time of day: told apart before the parser, which would raise.
    if "::" not in address and address.count(":") < 6:
        return False
    if _SLICE.fullmatch(address) or _EUI_64.fullmatch(address) or not any(sign.isdigit() for sign in address):
        return False
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True


RECOGNIZERS = (
    Recognizer(
        name="ip_v4",
        entity="IP_ADDRESS",
        gate=r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?:[^0-9]|$)",
        gate_kind="shapes",
        pattern=_V4,
        validate=_is_v4,
        max_lead=2,
        positive=(
            ("from 203.61.177.99 port 9438", "203.61.177.99"),
            ("10.0.0.1:8080", "10.0.0.1"),
            ("host/10.0.0.1:8020 refused", "10.0.0.1"),
            ("src: /10.250.19.102:54106 dest:", "10.250.19.102"),
            ("relay=mx.example.net[172.220.72.208]:25", "172.220.72.208"),
            ("255.255.255.255.", "255.255.255.255"),
            ("route 10.1.0.0/16", "10.1.0.0"),
            ("server 10.1.2.3", "10.1.2.3"),
            ("joe@10.1.2.3", "10.1.2.3"),
            ("src=10.1.2.3,dst=-", "10.1.2.3"),
            ("10.1.2.3:53→", "10.1.2.3"),
            ("blk_123_10.1.2.3", "10.1.2.3"),
            ("bind 0.0.0.0:80", "0.0.0.0"),  # noqa: S104  # an example
            (r"{\"ip\":\"10.1.2.3\"}", "10.1.2.3"),
            ("/login?ip=10.1.2.3&x=1", "10.1.2.3"),
            ("url=http%3A%2F%2F10.1.2.3%3A8080", "10.1.2.3"),
            (r"\u003c10.1.2.3\u003e", "10.1.2.3"),
            ("10.1.2.3-192 lease", "10.1.2.3"),
            ("conversion 10.1.2.3", "10.1.2.3"),
            ('"Mozilla/5.0 (X11) Safari/537.36" "10.1.2.3"', "10.1.2.3"),
        ),
        negative=(
            "1.2.3.4.5",
            "256.1.1.1",
            "10.0.0.01",
            "Chrome/120.0.0.0 Safari/537.36",
            '"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) NewBrowser/12.3.0.1"',
            "v1.2.3.4",
            '"version": "1.2.3.4"',
            r"\"version\":\"1.2.3.4\"",
            "appVersion=1.2.3.4",
            "firmware 4.2.1.10",
            "rv:1.9.0.1",
            "lib-1.2.3.4.jar",
            "foo-1.2.3.4-5.el7.x86_64",
            "foo_1.2.3.4-1ubuntu2_amd64.deb",
            "1.2.3.4-SNAPSHOT",
            "wcp.dll 0.0.0.6",
            "OID 1.3.6.1.4.1",
        ),
    ),
    Recognizer(
        name="ip_v6",
        entity="IP_ADDRESS",
        # Two colons with a digit beside them, or with a group beside them and a colon at its other side.
        gate=r"[0-9][0-9A-Fa-f]{0,3}::|::[0-9A-Fa-f]{0,3}[0-9]|:[0-9A-Fa-f]{1,4}::|::[0-9A-Fa-f]{1,4}:"
        r"|(?:[0-9A-Fa-f]{1,4}:){6}",
        gate_kind="shapes",
        pattern=_V6,
        validate=_is_v6,
        max_lead=64,
        positive=(
            ("client 2001:db8:ab45:c83d::f4d0 connected", "2001:db8:ab45:c83d::f4d0"),
            ("fd39:feaf:a0f2:1997:50c0:a8d8:5f1a:9e91", "fd39:feaf:a0f2:1997:50c0:a8d8:5f1a:9e91"),
            ("listening on ::1", "::1"),
            ("fe80::1%eth0 up", "fe80::1%eth0"),
            ("http://[fe80::1%25eth0]:80/", "fe80::1%25eth0"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("route 2001:db8::/32", "2001:db8::"),
            ("peer ::ffff:192.168.1.1 gone", "::ffff:192.168.1.1"),
            ("2001:db8:0:0:0:0:192.168.1.1", "2001:db8:0:0:0:0:192.168.1.1"),
            ("fe80::1: connected", "fe80::1"),
            ("src:fe80::1", "fe80::1"),
            ("2A02:C956::1.", "2A02:C956::1"),
        ),
        negative=(
            "12:30:45",
            "2024-01-01T12:30:45Z",
            "std::vector<int>",
            "add::face",
            "a :: b",
            "items[1::2]",
            "00:1b:44:11:3a:b7",
            "00:11:22:33:44:55:66:77",
            "43:51:43:a1:b5:fc:8b:b7:0a:3a:a9:b1:0f:66:73:a8",
            "1:2:3:4:5:6:7",
        ),
    ),
)
