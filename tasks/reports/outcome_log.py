"""Outcome log of a worker: a line of JSON for each task.

Who has the id of a request, or of a trace, finds in these lines what became of its logs.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from tasks.batch import MAX_REQUEST_ID_CHARACTERS, count_logs, get_tenant_id

# The characters that webapp.http.request_ids accepts, and the comma between the ids of several requests.
_ID = re.compile(r"[A-Za-z0-9._:/+=,-]*")

_logger = logging.getLogger("sluice.outcome")
# The root logger would write the line a second time, in Celery's format.
_logger.propagate = False
_logger.setLevel(logging.INFO)
_handler = logging.StreamHandler()
_handler.setFormatter(
    JsonFormatter("{levelname}{message}", style="{", timestamp="time", rename_fields={"levelname": "level"})
)
_logger.addHandler(_handler)


def log_outcome(outcome: str, level: int = logging.INFO, **fields: Any) -> None:
    """Write a line.

    Its fields are names, ids, counts and seconds, never a text.
    """
    _logger.log(level, outcome, extra=fields)


def task_log_fields(
    task: str, task_id: str | None, delivery_info: Mapping[str, Any] | None, retries: int, payload: Any
) -> dict[str, Any]:
    """Return the fields that every line has, whatever the outcome.

    Args:
        task: its name.
        task_id: Celery's.
        delivery_info: of its message.
        retries: tries before this one.
        payload: a batch as builtins, or anything else that a foreign message holds in its place.
    """
    batch = payload if isinstance(payload, dict) else {}
    return {
        "task": task,
        "task_id": task_id,
        "queue": (delivery_info or {}).get("routing_key"),
        "tenant_id": get_tenant_id(payload) or "",
        "request_id": _id_or_empty(batch.get("request_id")),
        "traceparent": _id_or_empty(batch.get("traceparent")),
        "logs": count_logs(payload),
        "attempt": retries + 1,
    }


def _id_or_empty(value: object) -> str:
    """Return an id as it is, and any other value as nothing.

    A foreign message may have a text in the id's place.
    """
    is_id = isinstance(value, str) and len(value) <= MAX_REQUEST_ID_CHARACTERS and _ID.fullmatch(value)
    return str(value) if is_id else ""
