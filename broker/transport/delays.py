"""Delays of tasks, which wait in SQS, not in a worker's memory.

Celery writes into a message when its task is due (`countdown` and `eta` of `apply_async` and `retry`). SQS holds a new
message for 900 s at most (`DelaySeconds`), and a received one for 12 h (its visibility timeout). A task that is due
later is received, found not to be due, and hidden again.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

import re
from datetime import UTC, datetime
from typing import Any

MAX_VISIBILITY_TIMEOUT_SECONDS = 43_200
CLOCK_SKEW_SECONDS = 1.0
"""A task that is due this soon runs now: the clock that set its time is another machine's."""

_ETA_HEADER = re.compile(r'"eta":\s*"')


def may_have_eta(body: str) -> bool:
    """Return False if the message certainly has no eta, without parsing it.

    A body in kombu's base64 (`sqs_base64_encoding`, on by default in stock kombu) always gives False.
    """
    return _ETA_HEADER.search(body) is not None


def get_seconds_until_due(message: dict[str, Any]) -> float:
    """Return how long a Celery message has to wait.

    Returns:
        Seconds; 0 or less if it is due.
    """
    eta = (message.get("headers") or {}).get("eta")
    try:
        due = datetime.fromisoformat(eta) if eta else None
    except (TypeError, ValueError):
        return 0.0  # Celery rejects such a message.
    if due is None:
        return 0.0
    return ((due if due.tzinfo else due.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
