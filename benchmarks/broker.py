"""Compare one worker on Sluice's broker with one on stock kombu.

`make bench-broker` prints messages a second, and API calls per 1,000 messages. Both run the same task from a queue that
was filled before, on an engine behind a network that takes as long for each call as AWS does within a region. The
rivals take turns; the medians of the rounds are compared.
"""

import argparse
import os
import signal
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

import celeryconfig
from benchmarks.engine_client import engine_client
from benchmarks.fauxqs import Fauxqs
from benchmarks.noop import PREFIX, QUEUE, read
from benchmarks.slow_network import SlowNetwork
from local.environment import engine_environment
from settings import ROOT, settings

LOOK_SECONDS = 0.05
LONGEST_RUN_SECONDS = 300
RATE_AIM, CALLS_AIM = 3.0, 0.4


@dataclass(frozen=True)
class Rival:
    """One side of the comparison.

    Attributes:
        name: as the table prints it.
        module: where the Celery app is.
        options: of `celery worker`, which the other side does not have.
        prefetch: messages that the worker may hold.
    """

    name: str
    module: str
    options: tuple[str, ...]
    prefetch: int


@dataclass(frozen=True)
class Run:
    """Result of one worker.

    Attributes:
        rate: messages a second between the first and the last task.
        calls: per 1,000 messages.
        by_operation: calls of the whole run.
    """

    rate: float
    calls: float
    by_operation: Counter[str]


class Bench:
    """The engine, the network before it, and a queue for each run."""

    def __init__(self, engine: Fauxqs, network: SlowNetwork, options: argparse.Namespace, directory: Path) -> None:
        self._options = options
        self._network = network
        self._directory = directory
        self._direct = engine_environment(engine.url) | {"SLUICE_QUEUE_PREFIX": PREFIX}
        self._slow = engine_environment(network.url) | {"SLUICE_QUEUE_PREFIX": PREFIX}
        self._sqs = engine_client("sqs", engine.url)

    def run(self, rival: Rival) -> Run:
        """Fill the queue and run one worker until it is empty.

        Raises:
            TimeoutError: the worker did not finish within LONGEST_RUN_SECONDS; its log is in the message.
            ValueError: a message was delivered twice.
        """
        messages: int = self._options.messages
        attributes = {"VisibilityTimeout": str(settings.visibility_timeout_seconds)}
        url = self._sqs.create_queue(QueueName=PREFIX + QUEUE, Attributes=attributes)["QueueUrl"]
        ledger = self._directory / "ledger"
        ledger.write_bytes(b"")
        fill = ["python", "-m", "benchmarks.fill", rival.module, str(messages), str(ledger)]
        subprocess.run(fill, env=self._direct, cwd=ROOT, check=True)
        with (self._directory / "worker.log").open("wb") as log:
            worker = subprocess.Popen(self._command(rival), env=self._slow, cwd=ROOT, stdout=log, stderr=log)
        try:
            self._watch(rival, ledger, url)
            until = time.time()
        finally:
            _stop(worker)
            self._sqs.delete_queue(QueueUrl=url)
        times = sorted(read(ledger.read_bytes()))
        if len(times) != messages:
            raise ValueError(f"{rival.name} ran {len(times)} tasks for {messages} messages: nothing to compare")
        # From the first task done, so without what a worker asks when it starts (and without its first receive).
        calls = self._network.calls(times[0], until)
        rate = (messages - 1) / (times[messages - 1] - times[0])
        return Run(rate, calls.total() * 1000 / messages, calls)

    def _command(self, rival: Rival) -> list[str]:
        pool = ["--pool", self._options.pool, "--concurrency", str(self._options.concurrency)]
        common = ["-Q", QUEUE, "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        return ["celery", "-A", rival.module, "worker", *common, *pool, *rival.options]

    def _watch(self, rival: Rival, ledger: Path, url: str) -> None:
        deadline = time.monotonic() + LONGEST_RUN_SECONDS
        with tqdm(total=self._options.messages, desc=rival.name, unit=" messages", leave=False) as progress:
            while progress.n < self._options.messages or not self._is_empty(url):
                if time.monotonic() > deadline:
                    raise TimeoutError((self._directory / "worker.log").read_text()[-2000:])
                time.sleep(LOOK_SECONDS)
                progress.update(len(read(ledger.read_bytes())) - progress.n)

    def _is_empty(self, url: str) -> bool:
        counts = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return bool(counts["ApproximateNumberOfMessages"] == counts["ApproximateNumberOfMessagesNotVisible"] == "0")


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.send_signal(signal.SIGTERM)
    try:
        worker.wait(30)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def _rivals(concurrency: int, stock_prefetch: int) -> tuple[Rival, Rival]:
    prefetch = celeryconfig.worker_prefetch_multiplier * concurrency
    sluice = Rival("Sluice", "benchmarks.noop_sluice", ("--heartbeat-interval", "20"), prefetch)
    times = -(-stock_prefetch // concurrency)
    stock = Rival(
        "stock kombu",
        "benchmarks.noop_stock",
        ("--without-heartbeat", "--prefetch-multiplier", str(times)),
        times * concurrency,
    )
    return sluice, stock


def _row(rival: Rival, runs: list[Run]) -> tuple[float, float]:
    rate = statistics.median(run.rate for run in runs)
    calls = statistics.median(run.calls for run in runs)
    total = sum((run.by_operation for run in runs), Counter[str]())
    operations = ", ".join(f"{name} {count / len(runs):.0f}" for name, count in total.most_common(6))
    rounds = "/".join(f"{run.rate:.0f}" for run in runs)
    print(f"{rival.name:12} {rival.prefetch:8} {rate:11.0f} {calls:18.0f}   {rounds}; calls a run: {operations}")
    return rate, calls


def main() -> None:
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=3000, help="in the queue when the worker starts (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of each rival (%(default)s)")
    parser.add_argument("--pool", default="prefork", help="%(default)s, or threads")
    parser.add_argument("--concurrency", type=int, default=5, help="of the pool (%(default)s, which divides 25)")
    parser.add_argument("--delay-ms", type=float, default=10, help="added to each call (%(default)s)")
    parser.add_argument("--stock-prefetch", type=int, default=25, help="rounded up to a multiple (%(default)s)")
    options = parser.parse_args()
    sluice, stock = _rivals(options.concurrency, options.stock_prefetch)
    runs: dict[str, list[Run]] = {sluice.name: [], stock.name: []}
    with (
        tempfile.TemporaryDirectory() as directory,
        Fauxqs() as engine,
        SlowNetwork(engine.url, options.delay_ms / 1000) as network,
    ):
        bench = Bench(engine, network, options, Path(directory))
        for _ in tqdm(range(options.rounds), desc="rounds"):
            for rival in (sluice, stock):
                runs[rival.name].append(bench.run(rival))
    print(
        f"{options.messages} messages, {options.pool} x {options.concurrency}, {options.delay_ms:g} ms a call, "
        f"median of {options.rounds} rounds, {os.cpu_count()} cores"
    )
    print("rival        prefetch  messages/s  calls/1,000 messages   rounds")
    (rate, calls), (stock_rate, stock_calls) = (_row(rival, runs[rival.name]) for rival in (sluice, stock))
    print(f"messages/s: {rate / stock_rate:.2f} x stock kombu's (aim: at least {RATE_AIM:g} x)")
    print(f"API calls: {calls / stock_calls:.0%} of stock kombu's (aim: at most {CALLS_AIM:.0%})")


if __name__ == "__main__":
    main()
