"""The index that finds by time the records whose id does not say it."""

import zlib

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from models.times import TIMESTAMP_CHARACTERS, from_timestamp, to_timestamp

SHARDS = 8
"""More may be added, none taken away."""
# A key has 1,024 bytes at most, and an id alone may have so many.
_ENDING_BYTES = 1024 - TIMESTAMP_CHARACTERS


class LogsByTime(GlobalSecondaryIndex["LogRecord"]):  # type: ignore[no-untyped-call,name-defined]  # pynamodb has no types here
    """Records in time order, of those whose id is no UUIDv7; the others don't have its attributes, and cost nothing.

    A partition takes 1,000 write units a second, and time order puts all new entries at its end, where DynamoDB can't
    split it. So a tenant's entries are spread over SHARDS partitions, by a hash of the log id: 8,000 such records a
    second.

    What it costs: a write unit (1 KB) beside each such record's own, however long the record is, since an entry has
    keys and counts only; and a read of a tenant that has such records takes SHARDS queries more, half a read unit at
    least each, and a read unit and more for each record that they find.

    An entry is there some milliseconds after its record. Records that were stored before there was the index are not in
    it: they are found without a range.
    """

    class Meta:
        index_name = "by_time"
        projection = IncludeProjection(["redactions", "expires_at"])

    time_shard = UnicodeAttribute(hash_key=True)
    time_key = UnicodeAttribute(range_key=True)

    @staticmethod
    def leading_keys(tenant_id: str) -> list[str]:
        """The partitions in which entries of a tenant are. A tenant's id has no # in it, so they are no other one's."""
        return [f"{tenant_id}#{shard}" for shard in range(SHARDS)]


def shard_of(tenant_id: str, log_id: str) -> str:
    """The partition in which the entry of a record is."""
    return f"{tenant_id}#{zlib.crc32(log_id.encode(errors='replace')) % SHARDS}"


def time_key_of(microseconds: int, log_id: str = "") -> str:
    """Where the entry of a record is among the others; without an id what sorts before all of that time."""
    ending = f"#{log_id}".encode(errors="replace")[:_ENDING_BYTES].decode(errors="ignore") if log_id else ""
    return to_timestamp(microseconds) + ending


def time_of_time_key(time_key: str) -> int:
    """Microseconds since 1970."""
    return from_timestamp(time_key[:TIMESTAMP_CHARACTERS])
