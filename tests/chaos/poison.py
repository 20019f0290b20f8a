"""Poison: messages that no worker can process."""

import base64
import json
import random
import re
import zlib
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

from tests.chaos.crashing import CRASHES
from tests.chaos.load import MARKER, TENANTS

_NAME = re.compile(rf"{MARKER} poison (\d+) is ([a-z ]+)\.")


def _envelope(content: bytes, number: int, content_type: str = "application/json", **headers: str | int) -> str:
    """Return an SQS body as kombu writes it."""
    properties = {"delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "redact"}}
    properties |= {"delivery_tag": f"poison-{number}", "body_encoding": "base64"}
    body = base64.b64encode(content).decode()
    message = {"body": body, "content-encoding": "utf-8", "content-type": content_type}
    return json.dumps(message | {"headers": headers, "properties": properties})


def _task(task: str, argument: object, number: int) -> str:
    headers: dict[str, Any] = {"task": task, "id": f"poison-{number}", "lang": "py", "retries": 0}
    content = json.dumps([[argument], {}, {"chain": None}])
    return _envelope(content.encode(), number, **headers)


def _crashing(name: str, number: int) -> str:
    logs = [{"log_id": f"poison-{number}", "text": f"{name} {CRASHES}"}]
    return _task("tasks.redact.redact", {"tenant_id": TENANTS[0], "request_id": "poison", "logs": logs}, number)


KINDS: dict[str, Callable[[str, int], str]] = {
    "garbage": lambda name, _: f"\x7f{{{name}",
    "foreign json": lambda name, _: json.dumps({"event": name}),
    "an unknown task": lambda name, number: _task("no.such.task", name, number),
    "wrong arguments": lambda name, number: _task("tasks.redact.redact", {"nonsense": name}, number),
    "undecodable": lambda name, number: _envelope(
        name.encode() + b"\xff\xfe", number, task="tasks.redact.redact", id=f"poison-{number}"
    ),
    "a pickle": lambda name, number: _envelope(
        name.encode(), number, "application/x-python-serialize", task="tasks.redact.redact", id=f"poison-{number}"
    ),
    "a crash": _crashing,
}
"""Function that makes an SQS message's body, by defect; it takes a name to find the message by, and a number."""


def make_poison(count: int, chance: random.Random) -> Iterator[str]:
    """Yield SQS bodies, of each kind as many, in any order."""
    kinds = list(islice(cycle(KINDS), count))
    chance.shuffle(kinds)
    for number, kind in enumerate(kinds):
        yield KINDS[kind](f"{MARKER} poison {number} is {kind}.", number)


def identify_poison(body: str) -> tuple[int, str] | None:
    """Return number and kind of the poison in a body, or None.

    It is found too after a worker has put it into a dead letter.
    """
    found = _NAME.search(body) or _NAME.search(decode_content(body))
    return (int(found[1]), found[2]) if found else None


def decode_content(body: str) -> str:
    """Return what is in the envelope, decompressed; empty without envelope."""
    try:
        content = base64.b64decode(json.loads(body)["body"])
    except (ValueError, KeyError, TypeError):
        return ""
    try:
        return zlib.decompress(content).decode(errors="replace")
    except zlib.error:
        return content.decode(errors="replace")
