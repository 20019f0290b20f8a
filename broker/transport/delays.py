"""Tasks that are not due yet wait in SQS, not in a worker's memory.

Celery writes into a message when its task is due (`countdown` and `eta` of `apply_async` and `retry`). SQS holds a new
message for 900 s at most (`DelaySeconds`), and one that was received for 12 h (its visibility timeout); a task that is
due later is received, found not to be due, and hidden again.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

import re
from datetime import UTC, datetime
from typing import Any

LONGEST_VISIBILITY_TIMEOUT_SECONDS = 43_200
CLOCK_SKEW_SECONDS = 1.0
"""A task that is due this soon is run."""

_MAY_WAIT = re.compile(r'"eta":\s*"')


def may_have_to_wait(body: str) -> bool:
    """Whether `body`, a message as SQS has it, is worth parsing to find out."""
    return _MAY_WAIT.search(body) is not None


def seconds_until_due(message: dict[str, Any]) -> float:
    """How long a Celery message has to wait; 0 or less when it is due."""
    eta = (message.get("headers") or {}).get("eta")
    try:
        due = datetime.fromisoformat(eta) if eta else None
    except (TypeError, ValueError):
        return 0.0  # Celery refuses it
    if due is None:
        return 0.0
    return ((due if due.tzinfo else due.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
