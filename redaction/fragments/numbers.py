"""Checks of a run of digits: its start, check digit and label."""

import re

from redaction.fragments.boundaries import GATE_DIGIT_START, GATE_END, NUMBER_START

LONG_NUMBER_GATE = rf"{GATE_DIGIT_START}(?:2[2-7]|3[04-9]|4[0-9]|5[0-8]|6[02-57]|8[56])[0-9]{{12,14}}{GATE_END}"
"""For the numbers of cards and devices alike: two gates would count the same digits twice."""

_START = re.compile(NUMBER_START, re.ASCII)
_VALUES = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))

# The label directly before a number that names something else: order_id=…, "batch 62…", orderId":"….
# It is matched in the reversed text, where it comes first.
_LABEL = re.compile(r"[^0-9A-Za-z]{1,6}([A-Za-z]{1,32})(?:[ _.-]([A-Za-z]{1,24}))?")
_LAST_WORD = re.compile(r"(?:[A-Z]?[a-z]+|[A-Z]+)\Z")
_ENUMERATES = frozenset(["no", "num", "nr", "number"])
_OTHER_LABELS = frozenset([
    "id", "ids", "uid", "uuid", "guid", "euid", "order", "batch", "sku", "invoice", "inv", "ref", "reference",
    "tracking", "serial", "seq", "sequence", "block", "blk", "offset", "lsn", "gtid", "xid", "zxid", "epoch", "ts",
    "time", "timestamp", "nonce", "msgid", "msg", "message", "pid", "tid", "ean", "upc", "gtin", "isbn", "barcode",
    "hash", "checksum", "crc", "size", "bytes", "len", "length", "count", "counter", "total", "version", "ver",
    "build", "rev", "revision", "ticket", "case", "job", "task", "thread", "session", "cursor", "snowflake",
    "shard", "partition", "trace", "span", "request", "event", "waybill", "shipment", "parcel", "lot", "item",
    "product", "part", "node", "addr", "ptr", "handle", "inode", "duration", "elapsed", "nanos", "micros", "usec",
    "nsec", "ticks", "clock", "generation", "gen", "term", "index", "idx", "row", "record", "claim", "user",
    "member", "customer", "amount", "balance", "price", "depth", "load", "limit", "page", "slot", "height",
])  # fmt: skip


def passes_luhn(number: str) -> bool:
    """Return True if the Luhn check digit is right.

    ISO/IEC 7812-1 annex B: double every second digit from the right; the sum of all digits is a multiple of ten.
    """
    digits = number.encode("ascii")
    return (sum(digits[::-2].translate(_VALUES)) + sum(digits[-2::-2].translate(_DOUBLED))) % 10 == 0


def has_other_label(match: re.Match[str]) -> bool:
    """Return True if the word before the number names something else.

    Such a word counts ("batch") or names another kind of number ("order id").
    """
    start = match.start()
    label = _LABEL.match(match.string[max(0, start - 48) : start][::-1])
    if not label:
        return False
    key, before = (word[::-1] for word in label.groups(default=""))
    word = _LAST_WORD.search(key)
    last = word.group().lower() if word else ""
    if last in _ENUMERATES and word:
        before, last = key[: word.start()] or before, (key[: word.start()] or before).lower()
    return bool({last, last.removesuffix("s")} & _OTHER_LABELS) and "card" not in f"{before}{key}".lower()


def starts_number(match: re.Match[str]) -> bool:
    """Return True if the match stands where NUMBER_START allows.

    For a pattern that begins with the number's own signs, which `re` searches for much faster.
    """
    return _START.match(match.string, match.start()) is not None
