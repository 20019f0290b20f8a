"""Messages of the redact queue, and what is in them."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.queues import payload, take_all
from topology import REDACT_QUEUE


@dataclass(frozen=True)
class Message:
    """Batch in a message, as builtins, and the bytes around it."""

    envelope_bytes: int
    payload: dict[str, Any]


def take_messages() -> list[Message]:
    """Take all messages off the redact queue."""
    return [
        Message(len(message["Body"]) - len(json.loads(message["Body"])["body"]), payload(message))
        for message in take_all(REDACT_QUEUE)
    ]


def get_log_ids(messages: Sequence[Message]) -> list[str]:
    """Return the sorted ids of all logs in messages."""
    return sorted(log["log_id"] for message in messages for log in message.payload["logs"])


def make_incompressible(size: int) -> str:
    """Return random text that no compression makes smaller by much."""
    return secrets.token_urlsafe(size * 3 // 4)[:size]
