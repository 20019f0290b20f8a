"""Compare the commands on a failure queue with a plain boto3 loop.

`make bench-failures` lists a queue of 100,000 messages, interrupts a list, and redrives all messages. The engine is
behind a network that takes as long for each call as AWS does within a region. The rival receives one message after the
other, and gives each back, or sends and deletes it, in a call of its own. The rival gets only the first messages, which
is enough to know the rate.
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

from tqdm import tqdm

from benchmarks.engine_client import engine_client
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
    """Result of one pass over messages.

    Attributes:
        rate: messages a second.
        calls: per 1,000 messages.
        memory: peak, in MB.
    """

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
        self._sqs, self._slow_sqs = engine_client("sqs", engine.url), engine_client("sqs", network.url)

    def fill(self, messages: int) -> None:
        """Put that many conflicts of one log each into the failure queue."""
        url = self._url(FAILURES_QUEUE)
        bodies = [_body(number, text) for number, text in enumerate(log_lines(messages))]

        def send(start: int) -> None:
            entries = [{"Id": str(index), "MessageBody": body} for index, body in enumerate(bodies[start : start + 10])]
            self._sqs.send_message_batch(QueueUrl=url, Entries=entries)

        with ThreadPoolExecutor(SENDERS) as senders:
            list(tqdm(senders.map(send, range(0, messages, 10)), total=messages // 10, desc="filling", unit="batch"))

    def count(self, queue: str, state: str = "") -> int:
        """Count a queue's visible messages, or those in another `state` ("NotVisible")."""
        name = f"ApproximateNumberOfMessages{state}"
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url(queue), AttributeNames=[name])
        return int(answer["Attributes"][name])

    def command(self, *arguments: str) -> Run:
        """Run one of Sluice's commands on all messages."""
        messages = self.count(FAILURES_QUEUE)
        with self._measured(messages) as runs, self._output.open("wb") as output:
            process = subprocess.Popen(self._flask(*arguments), env=self._slow, cwd=ROOT, stdout=output)
            _, status, usage = os.wait4(process.pid, 0)
            if status:
                raise ChildProcessError(f"{' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
        return Run(runs[0].rate, runs[0].calls, usage.ru_maxrss / 1024)

    def interrupt(self, after_calls: int) -> tuple[int, float]:
        """Interrupt a list after that many receives.

        Returns:
            The messages that the command held, and the seconds until they are visible again.
        """
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
        """List as the rival does."""

        def give_back(url: str, message: Any) -> None:
            self._slow_sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )

        return self._one_by_one(messages, give_back)

    def redrive_one_by_one(self, messages: int) -> Run:
        """Redrive as the rival does."""
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


def _body(number: int, text: str) -> str:
    """Build a dead letter as the store task makes it."""
    log = {"log_id": f"{number:08}", "original_text": text, "modified_text": text, "processed_at": ""}
    payload = {"tenant_id": f"tenant-{number % 20}", "request_id": str(number), "logs": [log]}
    headers = {"task": "tasks.store.store", "id": str(number), "reason": "conflict", "origin_queue": STORE_QUEUE}
    content = json.dumps([[payload], {}, {"chain": None}]).encode()
    return json.dumps({"body": b64encode(content).decode(), "headers": headers, "properties": {}})


def _print_row(command: str, sluice: Run, rival: Run) -> None:
    print(
        f"{command:8} {sluice.rate:10.0f} {sluice.calls:10.0f} {sluice.memory:8.0f}"
        f" {rival.rate:14.0f} {rival.calls:10.0f} {sluice.rate / rival.rate:10.1f} x {sluice.calls / rival.calls:10.0%}"
    )


def main() -> None:
    """Run the benchmark and print a table."""
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
    print("         messages/s calls/1,000     MB     one by one: /s, calls    Sluice is   of the calls")
    _print_row("list", listed, listed_by_rival)
    _print_row("redrive", redriven, redriven_by_rival)
    print(f"Ctrl-C while a list held {held:,}: {seconds:.1f} s later {visible:,} of {options.messages:,} are visible")
    print(f"after redriving {back:,} are in {STORE_QUEUE}, {left:,} in {FAILURES_QUEUE}")


if __name__ == "__main__":
    main()
