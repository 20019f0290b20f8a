"""The index that finds records with custom ids by time."""

import zlib
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from models.times import TIMESTAMP_CHARACTERS, from_timestamp, to_timestamp

SHARDS = 8
"""Partitions of a tenant in the index. More may be added, none removed: entries would be lost to readers."""
# A key has at most 1,024 bytes, and a log id alone may have that many.
_MAX_KEY_ENDING_BYTES = 1024 - TIMESTAMP_CHARACTERS


class LogsByTime(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # pynamodb has no types here
    """Entries of the records with custom ids, in time order.

    Records whose id is a UUIDv7 lack its attributes, so they are not in it and cost nothing.

    A partition takes 1,000 write units a second, and time order puts all new entries at its end, where DynamoDB can't
    split it. So a tenant's entries are spread over SHARDS partitions by a hash of the log id: 8,000 such records a
    second.

    Cost: one write unit (1 KB) beside each such record's own, however long the record is, since an entry has keys and
    counts only. A read of a tenant with such records takes SHARDS more queries, each of at least half a read unit, and
    at least one read unit for each record found.

    An entry appears some milliseconds after its record. Records stored before the index existed are not in it; only
    reads without a range find them.
    """

    class Meta:
        index_name = "by_time"
        projection = IncludeProjection(["redactions", "expires_at"])

    time_shard = UnicodeAttribute(hash_key=True)
    time_key = UnicodeAttribute(range_key=True)

    @staticmethod
    def get_leading_keys(tenant_id: str) -> list[str]:
        """Return the hash keys of a tenant's entries.

        IAM's condition dynamodb:LeadingKeys takes them. A tenant id has no # in it, so no other tenant has these keys.
        """
        return [f"{tenant_id}#{shard}" for shard in range(SHARDS)]


def get_time_shard(tenant_id: str, log_id: str) -> str:
    """Return the hash key of a record's entry."""
    return f"{tenant_id}#{zlib.crc32(log_id.encode(errors='replace')) % SHARDS}"


def build_time_key(microseconds: int, log_id: str = "") -> str:
    """Build the range key of a record's entry.

    Without an id, a lower bound of all entries of that time.
    """
    ending = f"#{log_id}".encode(errors="replace")[:_MAX_KEY_ENDING_BYTES].decode(errors="ignore") if log_id else ""
    return to_timestamp(microseconds) + ending


def parse_time_key(time_key: str) -> int:
    """Return the time of an entry in microseconds since 1970."""
    return from_timestamp(time_key[:TIMESTAMP_CHARACTERS])
