"""Log ids for a chosen time."""

import uuid
from datetime import datetime

from models.times import to_microseconds


def make_uuid7(moment: datetime) -> str:
    """Make a UUIDv7 of a time, as Sluice does."""
    random_bits = uuid.uuid4().int
    milliseconds = to_microseconds(moment) // 1000
    return str(
        uuid.UUID(
            int=milliseconds << 80 | 7 << 76 | random_bits >> 52 & 0xFFF << 64 | 2 << 62 | random_bits & (1 << 62) - 1
        )
    )
