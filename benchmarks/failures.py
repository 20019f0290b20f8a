"""A failure queue of 100,000: list it, interrupt that, redrive it; beside the loop that anyone would write with boto3.

`make bench-failures`. On an engine behind a network that takes as long for each call as AWS does within a region. The
rival receives one message after the other, and gives each back, or sends and deletes it, in a call of its own; it does
so with the first of them only, which is enough for its rate.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from tqdm import tqdm

from benchmarks.fauxqs import Fauxqs
from benchmarks.log_lines import log_lines
from benchmarks.slow_network import SlowNetwork
from local.environment import engine_environment
from settings import ROOT
from topology import FAILURES_QUEUE, STORE_QUEUE

PREFIX = "bench-"
SENDERS = 8
HIDDEN_SECONDS = 3600


@dataclass(frozen=True)
class Run:
    """What somebody did with some messages: how many a second, calls for 1,000 of them, and the most memory in MB."""

    rate: float
    calls: float
    memory: float = 0.0


class Bench:
    """The engine, the network before it, and a full failure queue."""

    def __init__(self, engine: Fauxqs, network: SlowNetwork, directory: Path) -> None:
        self._network = network
        self._output = directory / "output"
        self._slow = engine_environment(network.url) | {"SLUICE_QUEUE_PREFIX": PREFIX}
        create = ["flask", "--app", "webapp", "broker", "create"]
        direct = engine_environment(engine.url) | {"SLUICE_QUEUE_PREFIX": PREFIX}
        subprocess.run(create, env=direct, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        self._sqs, self._slow_sqs = _client(engine.url), _client(network.url)

    def fill(self, messages: int) -> None:
        """Put conflicts of one log each into failures."""
        url = self._url(FAILURES_QUEUE)
        bodies = [_body(number, text) for number, text in enumerate(log_lines(messages))]

        def send(start: int) -> None:
            entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies[start : start + 10])]
            self._sqs.send_message_batch(QueueUrl=url, Entries=entries)

        with ThreadPoolExecutor(SENDERS) as senders:
            list(tqdm(senders.map(send, range(0, messages, 10)), total=messages // 10, desc="filling", unit="batch"))

    def count(self, queue: str, state: str = "") -> int:
        """Messages of a queue that are visible, or NotVisible."""
        name = f"ApproximateNumberOfMessages{state}"
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url(queue), AttributeNames=[name])
        return int(answer["Attributes"][name])

    def command(self, *arguments: str) -> Run:
        """Run one of Sluice's on all messages."""
        messages = self.count(FAILURES_QUEUE)
        with self._measured(messages) as runs, self._output.open("wb") as output:
            process = subprocess.Popen(self._flask(*arguments), env=self._slow, cwd=ROOT, stdout=output)
            _, status, usage = os.wait4(process.pid, 0)
            if status:
                raise ChildProcessError(f"{' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
        return Run(runs[0].rate, runs[0].calls, usage.ru_maxrss / 1024)

    def interrupt(self, after_calls: int) -> tuple[int, float]:
        """Ctrl-C in a list after so many receives: the messages that it held, and seconds until they are back."""
        began = time.time()
        with self._output.open("wb") as output:
            process = subprocess.Popen(
                self._flask("list"), env=self._slow, cwd=ROOT, stdout=output, stderr=subprocess.DEVNULL
            )
        while self._network.calls(began, time.time())["ReceiveMessage"] < after_calls:
            time.sleep(0.1)
        held = self.count(FAILURES_QUEUE, "NotVisible")
        ended = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait()
        return held, time.monotonic() - ended

    def list_one_by_one(self, messages: int) -> Run:
        """As the rival does."""

        def give_back(url: str, message: Any) -> None:
            self._slow_sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )

        return self._one_by_one(messages, give_back)

    def redrive_one_by_one(self, messages: int) -> Run:
        """As the rival does."""
        store = self._url(STORE_QUEUE)

        def send_and_delete(url: str, message: Any) -> None:
            self._slow_sqs.send_message(QueueUrl=store, MessageBody=message["Body"])
            self._slow_sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        return self._one_by_one(messages, send_and_delete)

    def _one_by_one(self, messages: int, finish: Callable[[str, Any], None]) -> Run:
        url = self._url(FAILURES_QUEUE)
        with self._measured(messages) as runs:
            received = [
                self._slow_sqs.receive_message(QueueUrl=url, VisibilityTimeout=HIDDEN_SECONDS)["Messages"][0]
                for _ in tqdm(range(messages), desc="one by one")
            ]
            for message in received:
                json.loads(message["Body"])
                finish(url, message)
        return runs[0]

    @contextmanager
    def _measured(self, messages: int) -> Iterator[list[Run]]:
        runs: list[Run] = []
        began = time.time()
        yield runs
        ended = time.time()
        calls = self._network.calls(began, ended).total()
        runs.append(Run(messages / (ended - began), calls * 1000 / messages))

    def _flask(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "flask", "--app", "webapp", "failures", *arguments]

    def _url(self, queue: str) -> str:
        url: str = self._sqs.get_queue_url(QueueName=PREFIX + queue)["QueueUrl"]
        return url


def _client(url: str) -> Any:
    return boto3.client(
        "sqs",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",  # noqa: S106 - the engine takes any
    )


def _body(number: int, text: str) -> str:
    """A conflict, as the store task puts it into failures."""
    log = {"log_id": f"{number:08}", "original_text": text, "modified_text": text, "processed_at": ""}
    payload = {"tenant_id": f"tenant-{number % 20}", "request_id": str(number), "logs": [log]}
    headers = {"task": "tasks.store.store", "id": str(number), "reason": "conflict", "origin_queue": STORE_QUEUE}
    content = json.dumps([[payload], {}, {"chain": None}]).encode()
    return json.dumps({"body": b64encode(content).decode(), "headers": headers, "properties": {}})


def _print(what: str, sluice: Run, rival: Run) -> None:
    print(
        f"{what:8} {sluice.rate:10.0f} {sluice.calls:10.0f} {sluice.memory:8.0f} {rival.rate:14.0f} {rival.calls:10.0f}"
        f" {sluice.rate / rival.rate:10.1f} x {sluice.calls / rival.calls:10.0%}"
    )


def main() -> None:
    """Run it and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000, help="in the failure queue (%(default)s)")
    parser.add_argument("--one-by-one", type=int, default=2_000, help="of them for the rival (%(default)s)")
    parser.add_argument("--delay-ms", type=float, default=10, help="added to each call (%(default)s)")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as directory,
        Fauxqs() as engine,
        SlowNetwork(engine.url, options.delay_ms / 1000) as network,
    ):
        bench = Bench(engine, network, Path(directory))
        bench.fill(options.messages)
        listed, listed_by_rival = bench.command("list", "--json"), bench.list_one_by_one(options.one_by_one)
        held, seconds = bench.interrupt(options.messages // 30)
        visible = bench.count(FAILURES_QUEUE)
        redriven_by_rival, redriven = bench.redrive_one_by_one(options.one_by_one), bench.command("redrive", "--all")
        left, back = bench.count(FAILURES_QUEUE), bench.count(STORE_QUEUE)
    print(f"{options.messages:,} messages, {options.delay_ms:g} ms a call, {os.cpu_count()} cores")
    print("         messages/s calls/1,000     MB     one by one: /s, calls    Sluice is      its calls")
    _print("list", listed, listed_by_rival)
    _print("redrive", redriven, redriven_by_rival)
    print(f"Ctrl-C while a list held {held:,}: {seconds:.1f} s later {visible:,} of {options.messages:,} are visible")
    print(f"after redriving {back:,} are in {STORE_QUEUE}, {left:,} in {FAILURES_QUEUE}")


if __name__ == "__main__":
    main()
