#!/usr/bin/env python3
"""Send varied logs with known personal data from several tenants, wait until they are stored, look for leaks.

    python simulate_logs.py 200 [--url http://127.0.0.1:8000] [--tenants 3] [--rate 50]

Ends with 0 when every log was accepted and stored and no planted value is left in any of them, with 1 otherwise.
"""

import os
import sys
from pathlib import Path

# Called with the system's python, which has none of our packages, it goes on with ours.
_PYTHON = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
if sys.prefix == sys.base_prefix and _PYTHON.exists():
    os.execv(_PYTHON, [str(_PYTHON), *sys.argv])  # noqa: S606 - our own interpreter

import argparse
import json
import random
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import urllib3
from pynamodb.exceptions import PynamoDBException
from tqdm import tqdm

from models import LogRecord
from settings import settings

SENDERS = 8
GIVE_UP_SENDING_SECONDS = 30


@dataclass(frozen=True)
class PlantedLog:
    """A log that is sent, and what must not be left of it."""

    tenant_id: str
    text: str
    planted: tuple[str, ...]


def _digits(source: random.Random, count: int) -> str:
    return "".join(source.choice("0123456789") for _ in range(count))


def _phone(source: random.Random) -> str:
    area, exchange, line = f"{source.randint(201, 989)}", f"{source.randint(200, 999)}", _digits(source, 4)
    shape = source.choice(["{}-{}-{}", "({}) {}-{}", "{}.{}.{}", "+1 {} {} {}", "+1{}{}{}"])
    return shape.format(area, exchange, line)


def _email(source: random.Random) -> str:
    name = source.choice(["ada.lovelace", "grace_hopper", "alan+logs", "k.johnson", "j-von-neumann"])
    return f"{name}{_digits(source, 3)}@{source.choice(['example.com', 'mail.example.org', 'example.co.uk'])}"


def _ipv4(source: random.Random) -> str:
    network = source.choice(["10.20", "172.16", "192.168", "203.0"])
    return f"{network}.{source.randint(0, 255)}.{source.randint(1, 254)}"


def _ipv6(source: random.Random) -> str:
    return f"2001:db8:{source.randint(1, 0xFFFF):x}::{source.randint(1, 0xFFFF):x}"


def _ssn(source: random.Random) -> str:
    return f"{source.randint(1, 665):03}-{source.randint(1, 99):02}-{source.randint(1, 9999):04}"


def _card(source: random.Random) -> str:
    number = source.choice(["4", "51", "55", "2221"])
    number += _digits(source, 15 - len(number))
    luhn = sum(
        sum(divmod(2 * int(digit), 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(number[::-1])
    )
    number += str(-luhn % 10)
    joint = source.choice(["", " ", "-"])
    return joint.join(number[place : place + 4] for place in range(0, 16, 4))


TEMPLATES: list[tuple[str, tuple[Callable[[random.Random], str], ...]]] = [
    ("Customer {} logged in", (_phone,)),
    ("level=info msg=signup user={} src={}", (_email, _ipv4)),
    ('{} - - "GET /account HTTP/1.1" 200 1532 "-" "curl/8.5.0"', (_ipv4,)),
    ("payment declined card={} amount=12.90 EUR attempt=3", (_card,)),
    ("KYC check failed for SSN {} (contact {})", (_ssn, _phone)),
    ('{{"event": "reset", "to": "{}", "ip": "{}"}}', (_email, _ipv6)),
    ("java.lang.IllegalStateException: no session for {}\n\tat com.example.Auth.check(Auth.java:42)", (_email,)),
    ("upstream [{}]:8443 timed out after 30000 ms", (_ipv6,)),
    ("order 4f1c2d3e shipped, trace 0af7651916cd43dd8448eb211c80319c, build 3.12.1", ()),
]


def plant(source: random.Random, tenant_id: str) -> PlantedLog:
    """A log of one of the shapes, with fresh personal data in it."""
    template, makers = source.choice(TEMPLATES)
    planted = tuple(make(source) for make in makers)
    return PlantedLog(tenant_id, template.format(*planted), planted)


class Sender:
    """Sends logs to /ingest, half as JSON and half as plain text, from several threads.

    Args:
        url: where web listens.
        rate: logs a second at most; None for as fast as it goes.
    """

    def __init__(self, url: str, rate: float | None) -> None:
        self._pool = urllib3.PoolManager(maxsize=SENDERS, timeout=urllib3.Timeout(10), retries=False)
        self._url = url.rstrip("/") + "/ingest"
        self._pause = 1 / rate if rate else 0.0
        self._next = time.monotonic()
        self._lock = threading.Lock()

    def send(self, log: PlantedLog) -> str | None:
        """The log's id once it is accepted; None when it was not accepted in GIVE_UP_SENDING_SECONDS."""
        self._wait_for_turn()
        body, headers = self._request_of(log)
        deadline = time.monotonic() + GIVE_UP_SENDING_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = self._pool.request("POST", self._url, body=body, headers=headers)
            except urllib3.exceptions.HTTPError:
                time.sleep(1)
                continue
            if answer.status == 202:
                log_id: str = answer.json()["log_ids"][0]
                return log_id
            if answer.status not in (429, 503):
                print(f"refused: {answer.status} {answer.json().get('code')}", file=sys.stderr)
                return None
            time.sleep(float(answer.headers.get("Retry-After", "1")))
        return None

    def _wait_for_turn(self) -> None:
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._pause
        time.sleep(max(0.0, turn - time.monotonic()))

    @staticmethod
    def _request_of(log: PlantedLog) -> tuple[bytes, dict[str, str]]:
        if len(log.text) % 2:
            return log.text.encode(), {"Content-Type": "text/plain", "x-tenant-id": log.tenant_id}
        record = {"tenant_id": log.tenant_id, "log_id": f"sim-{uuid.uuid4()}", "text": log.text}
        return json.dumps(record).encode(), {"Content-Type": "application/json"}


def wait_until_stored(keys: set[tuple[str, str]], seconds: float) -> dict[tuple[str, str], LogRecord]:
    """The records under `keys` (tenant id, log id), as many as are stored within `seconds`."""
    found: dict[tuple[str, str], LogRecord] = {}
    deadline = time.monotonic() + seconds
    with tqdm(total=len(keys), desc="stored", unit="log") as progress:
        while True:
            for record in LogRecord.batch_get(list(keys - found.keys())):
                found[(record.tenant_id, record.log_id)] = record
            progress.update(len(found) - progress.n)
            if len(found) == len(keys) or time.monotonic() > deadline:
                return found
            time.sleep(0.2)


def main() -> int:
    """Run the simulation; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, metavar="N", help="how many logs")
    parser.add_argument("--url", default=f"http://127.0.0.1:{settings.port}", help="where web listens (%(default)s)")
    parser.add_argument("--tenants", type=int, default=3, help="how many tenants they come from (%(default)s)")
    parser.add_argument("--rate", type=float, help="logs a second at most (as fast as it goes)")
    parser.add_argument("--wait", type=float, default=120, help="seconds to wait for the last one (%(default)s)")
    parser.add_argument("--seed", type=int, help="the same logs again")
    arguments = parser.parse_args()
    if arguments.count < 1 or arguments.tenants < 1 or (arguments.rate is not None and arguments.rate <= 0):
        parser.error("N, --tenants and --rate must be above 0")

    source = random.Random(arguments.seed)
    logs = [plant(source, f"tenant-{1 + number % arguments.tenants}") for number in range(arguments.count)]
    sender = Sender(arguments.url, arguments.rate)
    started = time.monotonic()
    with ThreadPoolExecutor(SENDERS) as threads:
        log_ids = list(tqdm(threads.map(sender.send, logs), total=len(logs), desc="accepted", unit="log"))
    sent = {(log.tenant_id, log_id): log for log, log_id in zip(logs, log_ids, strict=True) if log_id is not None}
    try:
        stored = wait_until_stored(set(sent), arguments.wait)
    except PynamoDBException as error:
        print(f"the table can't be read ({type(error).__name__}): is this the machine of `make run`?", file=sys.stderr)
        return 1
    seconds = time.monotonic() - started
    leaked = sum(any(value in stored[key].modified_text for value in sent[key].planted) for key in stored)
    changed = sum(stored[key].original_text != sent[key].text for key in stored)
    print(
        f"{len(logs)} sent, {len(sent)} accepted, {len(stored)} stored, {leaked} leaked, {changed} changed on the way; "
        f"{seconds:.1f} s, {len(stored) / seconds:.0f} logs/s"
    )
    return 0 if len(stored) == len(logs) and not leaked and not changed else 1


if __name__ == "__main__":
    sys.exit(main())
