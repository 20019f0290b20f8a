"""Limits on a request, checked before it becomes objects in memory."""

from settings import settings
from topology import MAX_TEXT_BYTES
from webapp.http.problems import Problem

MAX_OBJECTS = 1_000_000
"""JSON objects and arrays in a request. Each takes 64 bytes of memory or more, and as few as 3 in the body."""
MAX_VALUES = 2_000_000
"""JSON values in a request, of which 2 bytes in the body are enough for one."""
MAX_RECORD_BYTES = 6 * MAX_TEXT_BYTES + 4096
"""JSON of a record. JSON may take six bytes for a character, so a larger record has too long a text."""


def check_record_count(records: int) -> None:
    """Refuse more records than a request may have.

    Raises:
        Problem: 413.
    """
    if records > settings.max_records:
        raise Problem(
            413,
            "too_many_records",
            f"A request may have {settings.max_records} records at most; send fewer at a time.",
        )


def check_json_objects(body: bytes) -> None:
    """Refuse JSON that is small on the wire but large in memory.

    Raises:
        Problem: 413.
    """
    # An upper bound: a bracket or comma inside a string counts too. It costs a scan of the bytes and no parsing.
    if body.count(b"{") + body.count(b"[") > MAX_OBJECTS or body.count(b",") > MAX_VALUES:
        raise Problem(
            413,
            "too_many_objects",
            f"A request may have {MAX_OBJECTS} JSON objects and arrays at most, and {MAX_VALUES} values; send less at "
            "a time.",
        )
