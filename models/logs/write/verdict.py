"""What an insert says of each item."""

from enum import Enum


class Verdict(Enum):
    """What became of one item of an insert."""

    STORED = "stored"
    """It is in the table now."""
    REDELIVERED = "redelivered"
    """It was there before with the same original text: nothing was written, and nothing had to be."""
    CONFLICT = "conflict"
    """Another text is stored under its id, and stays."""
    UNAVAILABLE = "unavailable"
    """DynamoDB did not answer or failed inside; trying again may work. It may even be stored."""
    THROTTLED = "throttled"
    """The tenant's partition takes no more now: DynamoDB throttled it, or it was not tried for the tenant's pace."""
    INVALID = "invalid"
    """DynamoDB will never take it, for example because it is over 400 KB."""


THERE = {Verdict.STORED, Verdict.REDELIVERED}
"""Verdicts on items whose log is in the table."""

UNSETTLED = {Verdict.UNAVAILABLE, Verdict.THROTTLED}
"""Verdicts on items that have to be tried again."""
