"""Ids of logs of a chosen time."""

import uuid
from datetime import datetime

from models.times import microseconds_of


def uuid7(moment: datetime) -> str:
    """A UUIDv7 of a time, as Sluice makes them."""
    drawn = uuid.uuid4().int
    milliseconds = microseconds_of(moment) // 1000
    return str(
        uuid.UUID(int=milliseconds << 80 | 7 << 76 | drawn >> 52 & 0xFFF << 64 | 2 << 62 | drawn & (1 << 62) - 1)
    )
