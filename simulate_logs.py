#!/usr/bin/env python3
"""Send logs with known personal data, and look for what is left.

The logs come from several tenants and in many shapes.

    python simulate_logs.py 200 [--url http://127.0.0.1:8000] [--tenants 3] [--rate 50]

The exit code is 0 if every log was accepted and stored and no planted value is left, 2 if nothing answers, else 1.
"""

import os
import sys
from pathlib import Path

# Called with the system's python, which has none of our packages, it goes on with ours.
_PYTHON = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
if sys.prefix == sys.base_prefix and _PYTHON.exists():
    os.execv(_PYTHON, [str(_PYTHON), *sys.argv])  # noqa: S606 - our own interpreter
if sys.prefix == sys.base_prefix:
    sys.exit("simulate_logs: nothing is installed yet; run: make run")

import argparse
import json
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import urllib3
from pynamodb.exceptions import PynamoDBException
from tqdm import tqdm

from models import LogRecord
from scripts.planted import PlantedLog, plant
from settings import settings

SENDERS = 8
GIVE_UP_SENDING_SECONDS = 30


class Sender:
    """Sender of logs to /ingest, half of them JSON, half plain text.

    Several threads may use it.

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
        """Send a log and return its id.

        Returns None if it was not accepted within GIVE_UP_SENDING_SECONDS.
        """
        self._wait_for_turn()
        body, headers = self._build_request(log)
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

    def find_connection_error(self) -> str | None:
        """Return why nothing answers, or None; takes two seconds at most."""
        try:
            self._pool.request("GET", self._url, timeout=urllib3.Timeout(2))
        except urllib3.exceptions.HTTPError as error:
            return type(error).__name__
        return None

    def _wait_for_turn(self) -> None:
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._pause
        time.sleep(max(0.0, turn - time.monotonic()))

    @staticmethod
    def _build_request(log: PlantedLog) -> tuple[bytes, dict[str, str]]:
        if len(log.text) % 2:
            return log.text.encode(), {"Content-Type": "text/plain", "x-tenant-id": log.tenant_id}
        record = {"tenant_id": log.tenant_id, "log_id": f"sim-{uuid.uuid4()}", "text": log.text}
        return json.dumps(record).encode(), {"Content-Type": "application/json"}


def wait_until_stored(keys: set[tuple[str, str]], seconds: float) -> dict[tuple[str, str], LogRecord]:
    """Return the records under `keys` that are stored within `seconds`.

    Args:
        keys: pairs of tenant id and log id.
        seconds: to wait at most.
    """
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
    if error := sender.find_connection_error():
        print(f"nothing answers at {arguments.url} ({error}); is `make run` running?", file=sys.stderr)
        return 2
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
    changed = sum(stored[key].open_original() not in (None, sent[key].text) for key in stored)
    print(
        f"{len(logs)} sent, {len(sent)} accepted, {len(stored)} stored, {leaked} leaked, {changed} changed on the way; "
        f"{seconds:.1f} s, {len(stored) / seconds:.0f} logs/s"
    )
    return 0 if len(stored) == len(logs) and not leaked and not changed else 1


if __name__ == "__main__":
    sys.exit(main())
