"""MAC addresses: EUI-48, and EUI-64 made of one.

The notations are those of IEEE 802 and of the vendors.
"""

import re

from redaction.fragments.boundaries import AFTER_ESCAPE
from redaction.fragments.key_value import keyed_gate, keyed_pattern
from redaction.recognizer import Recognizer

_PAIR = "[0-9A-Fa-f]{2}"
# Not inside a longer chain, such as a fingerprint, or a word. A key may run into its value ("mac:8f:e6:…").
_START = rf"(?:(?<![0-9A-Za-z])(?<![0-9A-Fa-f][:.-])|(?<=[a-z]{{3}}[:-])|{AFTER_ESCAPE})"
_END = r"(?![0-9A-Za-z]|[:-][0-9A-Fa-f]|\.[0-9A-Fa-f]{4}(?![0-9A-Za-z]))"

# RFC 4291, appendix A: ff:fe in the middle of an EUI-64 says that the rest is an EUI-48.
_PAIRS = re.compile(
    rf"(?={_PAIR}[:%-]){_START}(?P<value>{_PAIR}(?P<sign>[:-]|%3[Aa]){_PAIR}(?:(?P=sign){_PAIR}){{4}}"
    rf"|(?:{_PAIR}:){{3}}[Ff][Ff]:[Ff][Ee](?::{_PAIR}){{3}}){_END}",
    re.ASCII,
)
_QUADS = re.compile(rf"{_START}(?P<value>[0-9A-Fa-f]{{4}}\.[0-9A-Fa-f]{{4}}\.[0-9A-Fa-f]{{4}}){_END}", re.ASCII)

_NAMES = (
    "mac", "macaddr", "mac addr", "mac address", "bssid", "hwaddr", "hw addr", "hw address", "hardware address",
    "ether", "lladdr", "ethernet address", "physical address", "wifi mac", "client mac", "device mac", "chaddr",
    "calling station id", "called station id",
)  # fmt: skip
# Before a time of day, in file names: 24-01-31-23-59-59.
_TIME = re.compile(r"\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])-(?:[01]\d|2[0-3])-[0-5]\d-[0-5]\d", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d\d\.[01]\d[0-3]\d\.\d{4}", re.ASCII)


def _is_device_address(match: re.Match[str]) -> bool:
    """Reject addresses that belong to no single device.

    All zeros is no address, all ones is the broadcast address, and 1111.1111.1111 is made up.
    """
    value = match["value"]
    signs = set(re.sub("%3[Aa]|[:.-]|0[xX]", "", value).lower())
    return len(signs) > 1 and not _TIME.fullmatch(value) and not _YEAR.fullmatch(value)


RECOGNIZERS = (
    Recognizer(
        name="mac_pairs",
        entity="MAC_ADDRESS",
        gate=r"(?:[0-9A-Fa-f]{2}(?:[:-]|%3[Aa])){5}[0-9A-Fa-f]{2}",
        gate_kind="shapes",
        pattern=_PAIRS,
        validate=_is_device_address,
        starts_at_gate=True,
        positive=(
            ("DHCPACK on eth0 to 8f:e6:cf:45:c5:b6 via", "8f:e6:cf:45:c5:b6"),
            ("to 41-2F-B0-3D-BE-BE.", "41-2F-B0-3D-BE-BE"),
            ("00:11:22:33:44:55", "00:11:22:33:44:55"),
            ("mac:8f:e6:cf:45:c5:b6", "8f:e6:cf:45:c5:b6"),
            ("device_8f:e6:cf:45:c5:b6_wlan0", "8f:e6:cf:45:c5:b6"),
            ("/aps?mac=8f%3Ae6%3Acf%3A45%3Ac5%3Ab6&x=1", "8f%3Ae6%3Acf%3A45%3Ac5%3Ab6"),
            (r"{\"bssid\":\"8f:e6:cf:45:c5:b6\"}", "8f:e6:cf:45:c5:b6"),
            ("link/ether 52:54:00:ab:cd:ef brd", "52:54:00:ab:cd:ef"),
            ("AA-BB-CC-DD-EE-FF:guest-wifi", "AA-BB-CC-DD-EE-FF"),
            ("zigbee 00:12:4b:ff:fe:1a:2b:3c joined", "00:12:4b:ff:fe:1a:2b:3c"),
        ),
        negative=(
            "Not a MAC: 00:1A:2B:3C:4D",
            "ff:ff:ff:ff:ff:ff",
            "00-00-00-00-00-00",
            "10:2F:33-AC-29-C3",
            "43:51:43:a1:b5:fc:8b:b7:0a:3a:a9:b1:0f:66:73:a8",
            "8f:e6:cf:45:c5:b6:01",
            "50:06:01:60:3b:20:19:e0",
            "0a8f:e6:cf:45:c5:b6",
            "x8f:e6:cf:45:c5:b6",
            "12:30:45",
            "dump-24-01-31-23-59-59",
            "2024-01-31-23-59-59",
            "fe80:11:22:33:44:55:66:77",
        ),
    ),
    Recognizer(
        name="mac_quads",
        entity="MAC_ADDRESS",
        gate=r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}",
        gate_kind="shapes",
        pattern=_QUADS,
        validate=_is_device_address,
        positive=(
            ("Host 0011.2233.4455 in vlan 10 is flapping", "0011.2233.4455"),
            ("mac address 8FE6.CF45.C5B6, port Gi1/0/1", "8FE6.CF45.C5B6"),
        ),
        negative=(
            "1111.2222.3333.4444",
            "0.8fe6.cf45.c5b6",
            "ffff.ffff.ffff",
            "build 2024.0131.2359",
            "a8fe6.cf45.c5b6",
        ),
    ),
    Recognizer(
        name="mac_digits",
        entity="MAC_ADDRESS",
        gate=keyed_gate(_NAMES),
        gate_kind="words",
        pattern=keyed_pattern(_NAMES, r"(?:0[xX])?[0-9A-Fa-f]{12}(?![0-9A-Za-z])", re.ASCII),
        validate=_is_device_address,
        starts_at_gate=True,
        positive=(
            ("mac=8fe6cf45c5b6 rssi=-60", "8fe6cf45c5b6"),
            ('"deviceMac":"8FE6CF45C5B6"', "8FE6CF45C5B6"),
            ("mac_address: 001122334455", "001122334455"),
        ),
        negative=("trace=8fe6cf45c5b6", "mac=8fe6cf45c5b6d7e8", "machine=8fe6cf45c5b6", "hmac=8fe6cf45c5b6"),
    ),
    Recognizer(
        # The header of an Ethernet frame as netfilter logs it: destination, source, type.
        name="mac_frame",
        entity="MAC_ADDRESS",
        gate=r"MAC=(?:[0-9a-f]{2}:){12}",
        gate_kind="prefixes",
        pattern=re.compile(rf"(?<=MAC=){_PAIR}(?::{_PAIR}){{13}}(?![0-9A-Za-z:])", re.ASCII),
        positive=(
            (
                "[UFW BLOCK] IN=eth0 OUT= MAC=01:00:5e:00:00:01:8f:e6:cf:45:c5:b6:08:00 SRC=-",
                "01:00:5e:00:00:01:8f:e6:cf:45:c5:b6:08:00",
            ),
        ),
        negative=("sum=01:00:5e:00:00:01:8f:e6:cf:45:c5:b6:08:00", "MAC=01:00:5e:00:00:01:8f:e6:cf:45:c5:b6:08:00:11"),
    ),
)
