"""One line of JSON for each batch that a worker is done with, for whoever has a request's id, or a trace's, in hand."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from tasks.batch import tenant_of
from tasks.group_commit import MAX_GROUP_ID_CHARACTERS

# What webapp.http.request_ids takes; a group has several, with commas.
_NAME = re.compile(r"[A-Za-z0-9._:/+=,-]*")

_logger = logging.getLogger("sluice.outcome")
_logger.propagate = False
_logger.setLevel(logging.INFO)
_handler = logging.StreamHandler()
_handler.setFormatter(
    JsonFormatter("{levelname}{message}", style="{", timestamp="time", rename_fields={"levelname": "level"})
)
_logger.addHandler(_handler)


def tell(outcome: str, level: int = logging.INFO, **fields: Any) -> None:
    """Write a line. Nothing in it may be a text: names, ids, counts and seconds."""
    _logger.log(level, outcome, extra=fields)


def way_of(
    task: str, task_id: str | None, delivery_info: Mapping[str, Any] | None, retries: int, payload: Any
) -> dict[str, Any]:
    """What every line says of a task, whatever came of it.

    Args:
        task: its name.
        task_id: Celery's.
        delivery_info: of its message.
        retries: tries before this one.
        payload: a batch as builtins, or what a foreign message has in its place.
    """
    origin = payload if isinstance(payload, dict) else {}
    logs = origin.get("logs")
    return {
        "task": task,
        "task_id": task_id,
        "queue": (delivery_info or {}).get("routing_key"),
        "tenant_id": tenant_of(payload) or "",
        "request_id": _name(origin.get("request_id")),
        "traceparent": _name(origin.get("traceparent")),
        "logs": len(logs) if isinstance(logs, list | tuple) else 0,
        "attempt": retries + 1,
    }


def _name(value: object) -> str:
    """A name or id as it is; what a foreign message has in its place stays out of the log."""
    is_one = isinstance(value, str) and len(value) <= MAX_GROUP_ID_CHARACTERS and _NAME.fullmatch(value)
    return str(value) if is_one else ""
