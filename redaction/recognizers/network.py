"""IP addresses."""

import ipaddress
import re

from redaction.boundaries import AFTER_ESCAPE
from redaction.recognizer import Recognizer

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_DOTTED = rf"(?:{_OCTET}\.){{3}}{_OCTET}(?!\d)"

_V4 = re.compile(rf"(?:(?<![0-9A-Za-z])(?<!\d\.)|{AFTER_ESCAPE}){_DOTTED}(?![A-Za-z]|\.\d)", re.ASCII)

# A key may run straight into its value ("client:fe80::1"). Two letters, so that it isn't taken for a group.
_V6 = re.compile(
    rf"(?:(?<![0-9A-Za-z:])|(?<=[A-Za-z]{{2}}:)|{AFTER_ESCAPE})"
    rf"[0-9A-Fa-f:]{{0,39}}(?::{_DOTTED}|::|:[0-9A-Fa-f]{{1,4}})"
    r"(?:%[0-9A-Za-z](?:[\w.-]{0,14}[0-9A-Za-z])?)?(?![0-9A-Za-z]|:[0-9A-Fa-f:]|\.\d)",
    re.ASCII,
)

# Names that stand before a version of four parts. A list, since "host/10.0.0.1" is how Java writes an address.
_PRODUCT = (
    "AppleWebKit|Brave|Chrome|Chromium|CriOS|Edg|Edge|EdgA|EdgiOS|Electron|Firefox|FxiOS|HeadlessChrome|Mozilla|OPR"
    "|Opera|Safari|SamsungBrowser|UCBrowser|Vivaldi|Whale|YaBrowser|Yowser|apache|curl|nginx|okhttp|openssl|php|wget"
)
_BEFORE_VERSION = re.compile(
    rf"(?:version|(?<![a-z])(?:ver|rv|v))[\"']?\s?[:=.]?\s?[\"']?$|(?<![a-z])(?:{_PRODUCT})/$", re.IGNORECASE
)
_AFTER_VERSION = re.compile(
    r"-(?:alpha|beta|rc|snapshot|release|final|dev)\b|\.(?:jar|war|tar|tgz|gz|zip|whl|rpm|deb|dll|exe|msi|so)\b",
    re.IGNORECASE,
)
# Python's "items[1::2]" also parses as an address; "::1", the loopback, is the one short form in use.
_SLICE = re.compile(r"(?!::1$)\d{0,3}::\d{0,3}", re.ASCII)
_EUI_64 = re.compile(r"(?:[0-9A-Fa-f]{2}:){7}[0-9A-Fa-f]{2}")


def _is_no_version(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 20) : match.start()]
    after = match.string[match.end() : match.end() + 12]
    return not _BEFORE_VERSION.search(before) and not _AFTER_VERSION.match(after)


def _is_v6(match: re.Match[str]) -> bool:
    """RFC 4291 text form, with a digit in it: "add::face" is a C++ name before it is an address."""
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
        gate=r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
        pattern=_V4,
        validate=_is_no_version,
        positive=(
            ("from 203.61.177.99 port 9438", "203.61.177.99"),
            ("10.0.0.1:8080", "10.0.0.1"),
            ("host/10.0.0.1:8020 refused", "10.0.0.1"),
            ("relay=mx.example.net[172.220.72.208]:25", "172.220.72.208"),
            ("255.255.255.255.", "255.255.255.255"),
            ("route 10.1.0.0/16", "10.1.0.0"),
            ("server 10.1.2.3", "10.1.2.3"),
            ("joe@10.1.2.3", "10.1.2.3"),
        ),
        negative=(
            "1.2.3.4.5",
            "256.1.1.1",
            "10.0.0.01",
            "Chrome/120.0.0.0 Safari/537.36",
            "v1.2.3.4",
            '"version": "1.2.3.4"',
            "appVersion=1.2.3.4",
            "rv:1.9.0.1",
            "lib-1.2.3.4.jar",
            "1.2.3.4-SNAPSHOT",
            "OID 1.3.6.1.4.1",
        ),
    ),
    Recognizer(
        name="ip_v6",
        entity="IP_ADDRESS",
        gate=r"::|(?:[0-9A-Fa-f]{1,4}:){6}",
        pattern=_V6,
        validate=_is_v6,
        positive=(
            ("client 2001:db8:ab45:c83d::f4d0 connected", "2001:db8:ab45:c83d::f4d0"),
            ("fd39:feaf:a0f2:1997:50c0:a8d8:5f1a:9e91", "fd39:feaf:a0f2:1997:50c0:a8d8:5f1a:9e91"),
            ("listening on ::1", "::1"),
            ("fe80::1%eth0 up", "fe80::1%eth0"),
            ("[2001:db8::1]:443", "2001:db8::1"),
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
