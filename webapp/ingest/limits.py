"""What a request may have in it, checked before each of it becomes an object in memory."""

from settings import settings
from topology import MAX_TEXT_BYTES
from webapp.http.problems import Problem

MAX_OBJECTS = 1_000_000
"""In the JSON of one request: each takes 64 bytes of memory or more, and 3 in the body are enough for it."""
MAX_VALUES = 2_000_000
"""Likewise of all values, of which 2 bytes in the body are enough for one."""
MAX_RECORD_BYTES = 6 * MAX_TEXT_BYTES + 4096
"""Of a record's JSON, which may have six for each character of the text: what is larger has too long a text."""
TEXT_TOO_LONG = ("text_too_long", "The record is larger than a log may be; split it.")


def check_count(records: int) -> None:
    """Refuse too many records.

    Raises:
        Problem: 413.
    """
    if records > settings.max_records:
        raise Problem(
            413, "too_many_records", f"A request may have {settings.max_records} records at most; send fewer at a time."
        )


def check_objects(body: bytes) -> None:
    """Refuse JSON that is small but would not be so in memory.

    Raises:
        Problem: 413.
    """
    if body.count(b"{") + body.count(b"[") > MAX_OBJECTS or body.count(b",") > MAX_VALUES:
        raise Problem(
            413,
            "too_many_objects",
            f"A request may have {MAX_OBJECTS} JSON objects and arrays at most, and {MAX_VALUES} values; send less at "
            "a time.",
        )
