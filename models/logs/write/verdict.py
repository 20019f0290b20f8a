"""Results of an insert, one for each item."""

from enum import Enum


class Verdict(Enum):
    """Result of inserting one item."""

    STORED = "stored"
    """The table has it now."""
    REDELIVERED = "redelivered"
    """The table had it before, with the same original text. Nothing was written."""
    CONFLICT = "conflict"
    """The table has another text under its log id, and keeps that."""
    UNAVAILABLE = "unavailable"
    """DynamoDB did not answer or failed internally; a retry may succeed. The item may even be stored."""
    THROTTLED = "throttled"
    """DynamoDB throttled the tenant's partition, or the item was not sent because the tenant is slowed down."""
    INVALID = "invalid"
    """DynamoDB will never accept it, for example because it is over 400 KB."""


IN_TABLE = {Verdict.STORED, Verdict.REDELIVERED}
"""Verdicts on items whose log is in the table."""

UNSETTLED = {Verdict.UNAVAILABLE, Verdict.THROTTLED}
"""Verdicts on items that need a retry."""
