"""Time the recovery from each kind of outage, beside stock kombu.

`make bench-outages` runs web, redact and store behind a proxy that makes AWS fail, one way after the other, each for as
long; beside them a worker on stock kombu with a task that does nothing. Logs are posted before and during the outage
(those that get a 202 count). Four times are measured from the end of the outage: until /ingest accepts a log again,
until that log is stored, until every accepted log is stored, and until the stock worker has done the task that waits in
its queue. (If the outage cut off an answer of SQS, SQS hides the messages of that answer for the visibility timeout.)
"""

import argparse
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from benchmarks.engine_client import engine_client
from benchmarks.noop import PREFIX, QUEUE, read
from local.engine import Engine
from local.environment import engine_environment
from local.ports import free_port
from settings import ROOT, settings
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes

AIM_SECONDS = 10.0
GIVE_UP_SECONDS = 90
LOGS = 20
STOCK = "benchmarks.noop_stock"

WAYS: dict[str, Callable[[FaultProxy], None]] = {
    "SQS refuses connections": lambda proxy: proxy.refuse("sqs"),
    "SQS answers 503": lambda proxy: proxy.status(503, "ServiceUnavailable", "sqs"),
    "SQS answers 500": lambda proxy: proxy.status(500, "InternalFailure", "sqs"),
    "SQS answers 403": lambda proxy: proxy.status(403, "AccessDenied", "sqs"),
    "SQS throttles": lambda proxy: proxy.status(400, "ThrottlingException", "sqs"),
    "SQS hangs": lambda proxy: proxy.hang("sqs"),
    "SQS takes no messages": lambda proxy: proxy.status(503, "ServiceUnavailable", "SendMessage", "SendMessageBatch"),
    "DynamoDB refuses connections": lambda proxy: proxy.refuse("dynamodb"),
    "DynamoDB answers 500": lambda proxy: proxy.status(500, "InternalServerError", "dynamodb"),
    "DynamoDB hangs": lambda proxy: proxy.hang("dynamodb"),
    "SNS hangs": lambda proxy: proxy.hang("sns"),
    "all of AWS refuses connections": lambda proxy: proxy.refuse(),
}


class StockWorker:
    """One worker on stock kombu behind the proxy.

    It is started again if an outage has ended it.
    """

    def __init__(self, engine: Engine, proxy: FaultProxy, directory: Path) -> None:
        self._direct = engine_environment(engine.url)
        self._behind = engine_environment(proxy.url)
        self._directory = directory
        self._ledger = directory / "ledger"
        engine_client("sqs", engine.url).create_queue(QueueName=PREFIX + QUEUE, Attributes={"VisibilityTimeout": "60"})
        self._ledger.write_bytes(b"")
        self._process: subprocess.Popen[bytes] | None = None

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the worker and wait until it does tasks.

        A worker that the last outage has ended, or has left idle, is replaced.
        """
        if not self.is_running() or not read(self._ledger.read_bytes()):
            self.stop()
            command = ["celery", "-A", STOCK, "worker", "-Q", QUEUE, "--prefetch-multiplier", "25", "-c", "1"]
            with (self._directory / "stock.log").open("ab") as log:
                self._process = subprocess.Popen(command, env=self._behind, cwd=ROOT, stdout=log, stderr=log)
        self.publish()
        self.seconds_until_done(time.monotonic())

    def publish(self) -> None:
        """Publish one message, past the proxy."""
        self._ledger.write_bytes(b"")
        fill = ["python", "-m", "benchmarks.fill", STOCK, "1", str(self._ledger)]
        subprocess.run(fill, env=self._direct, cwd=ROOT, check=True)

    def seconds_until_done(self, since: float) -> float | None:
        """Return the seconds from `since` until the task is done.

        None if the worker has ended, or does not do the task within GIVE_UP_SECONDS.
        """
        while time.monotonic() < since + GIVE_UP_SECONDS and self.is_running():
            if read(self._ledger.read_bytes()):
                return time.monotonic() - since
            time.sleep(0.1)
        return None

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Pipeline:
    """The processes web, redact and store, and one outage's logs."""

    def __init__(self, engine: Engine, processes: Processes) -> None:
        self._processes = processes
        self._dynamodb = engine_client("dynamodb", engine.url)
        self._accepted: set[str] = set()
        self._tenant = ""

    def begin(self) -> None:
        """Begin another outage with a new tenant."""
        self._accepted = set()
        self._tenant = f"tenant-{uuid.uuid4().hex[:12]}"

    def post(self, text: str) -> bool:
        """Post a log, and return whether it was accepted."""
        answer = self._processes.post(text, content_type="text/plain", x_tenant_id=self._tenant)
        if answer.status == 202:
            self._accepted.add(text)
        return answer.status == 202

    def seconds_until_accepted(self, since: float) -> float:
        while not self.post("after"):
            time.sleep(0.1)
        return time.monotonic() - since

    def seconds_until_stored(self, since: float, texts: set[str] | None = None) -> float | None:
        """Return the seconds from `since` until `texts` are stored.

        Without `texts`: until every accepted log is. None if that takes longer than GIVE_UP_SECONDS.
        """
        query = {
            "TableName": settings.logs_table,
            "KeyConditionExpression": "tenant_id = :tenant",
            "ExpressionAttributeValues": {":tenant": {"S": self._tenant}},
        }
        while time.monotonic() < since + GIVE_UP_SECONDS:
            if (texts or self._accepted) <= {
                item["original_text"]["S"] for item in self._dynamodb.query(**query)["Items"]
            }:
                return time.monotonic() - since
            time.sleep(0.1)
        return None


def _row(way: str, seconds: float, proxy: FaultProxy, pipeline: Pipeline, stock: StockWorker) -> str:
    stock.start()
    pipeline.begin()
    for number in range(LOGS):
        pipeline.post(f"before {number}")
    WAYS[way](proxy)
    ends = time.monotonic() + seconds
    stock.publish()
    number = 0
    while time.monotonic() < ends:
        pipeline.post(f"during {number}")
        number += 1
        time.sleep(min(1.0, max(0.0, ends - time.monotonic())))
    proxy.clear()
    end = time.monotonic()
    accepted = pipeline.seconds_until_accepted(end)
    resumed = pipeline.seconds_until_stored(end, {"after"})
    stored = pipeline.seconds_until_stored(end)
    done = stock.seconds_until_done(end)
    return (
        f"{way:32} {accepted:8.1f} s {_seconds(resumed)} {_seconds(stored)}"
        f"   {'its worker ended' if not stock.is_running() else _seconds(done)}"
    )


def _seconds(value: float | None) -> str:
    return f"{value:6.1f} s" if value is not None else "   never"


def main() -> None:
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="how long each outage lasts (%(default)s)")
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=list(WAYS), help="all of them by default")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        Engine(free_port(), Path(name) / "engine") as engine,
        FaultProxy(engine.url) as proxy,
    ):
        directory = Path(name)
        for command in (["db", "create"], ["broker", "create"]):
            subprocess.run(["flask", "--app", "webapp", *command], env=engine_environment(engine.url), check=True)
        processes = Processes(directory, proxy.url)
        stock = StockWorker(engine, proxy, directory)
        try:
            processes.start("web", "redact", "store")
            pipeline = Pipeline(engine, processes)
            rows = [_row(way, options.seconds, proxy, pipeline, stock) for way in tqdm(options.ways)]
            alive = all(processes.is_running(name) for name in ("web", "redact", "store"))
        finally:
            processes.stop()
            stock.stop()
    print(f"each outage {options.seconds:g} s; seconds after its end (aim: at most {AIM_SECONDS:g})")
    print(f"{'':32} /ingest 202, stored,  all stored   stock worker goes on")
    print("\n".join(rows))
    print("web, redact and store ran through all of it" if alive else "a process of Sluice ENDED")


if __name__ == "__main__":
    main()
