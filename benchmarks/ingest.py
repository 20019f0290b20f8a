"""Compare POST /ingest with and without group commit.

`make bench-ingest` prints requests a second, and calls to SQS per 1,000 requests. The Procfile's web process runs on
the embedded engine behind a network that takes as long for each call as AWS does within a region. Keep-alive clients of
one tenant post one log each, over and over; then batches of NDJSON. The clients, the network, the engine and web share
the machine, so compare the rates only with one another.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from honcho.environ import parse_procfile
from tqdm import tqdm

from benchmarks.log_lines import log_lines
from benchmarks.slow_network import SlowNetwork
from local.engine import Engine
from local.environment import engine_environment
from local.ports import free_port
from settings import ROOT

CLIENTS = (1, 16, 64)
SENDS = ("SendMessage", "SendMessageBatch")
BATCH_RECORDS = 1_000
READY_SECONDS = 60
WARM_UP_SECONDS = 2.0
CALLS_AIM = 100
RECORDS_AIM = 20_000


@dataclass(frozen=True)
class Run:
    """Result of one load.

    Attributes:
        rate: requests a second.
        calls: to SQS, per 1,000 requests.
        median_ms: wait of a client for an answer.
        p99_ms: the 99th percentile of these waits.
    """

    rate: float
    calls: float
    median_ms: float
    p99_ms: float


class Web:
    """A running web process.

    Args:
        environment: of the process.
        threads: that answer requests; None for the Procfile's number.
        log: file for the output.
    """

    def __init__(self, environment: dict[str, str], threads: int | None, log: Path) -> None:
        self.port = free_port()
        command: str = parse_procfile((ROOT / "Procfile").read_text()).processes["web"]
        if threads is not None:
            # granian takes the last one.
            command = command.replace(" webapp:", f" --blocking-threads {threads} webapp:")
        self._command = command
        self._environment = environment | {"PORT": str(self.port)}
        self._log = log

    @contextlib.contextmanager
    def running(self) -> Iterator["Web"]:
        """Run the process, and enter once it answers.

        Raises:
            TimeoutError: web did not answer within READY_SECONDS; its log is in the message.
        """
        with self._log.open("wb") as log:
            process = subprocess.Popen(  # noqa: S602 - the Procfile's
                self._command,
                shell=True,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        try:
            deadline = time.monotonic() + READY_SECONDS
            while not self._answers():
                if time.monotonic() > deadline:
                    raise TimeoutError(self._log.read_text(errors="replace")[-2000:])
                time.sleep(0.1)
            yield self
        finally:
            process.terminate()
            process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False


class Load:
    """Clients that post one request repeatedly, each over its own connection.

    Args:
        port: of a web process.
        content_type: of the body.
        body: of each request.
        tenants: that the requests are sent for, in turn.
        requests: limit for all clients together; None for as many as the time allows.
    """

    def __init__(
        self,
        port: int,
        content_type: str,
        body: bytes,
        tenants: Sequence[str] = ("bench",),
        requests: int | None = None,
    ) -> None:
        self._port = port
        head = (
            f"POST /ingest HTTP/1.1\r\nHost: bench\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        )
        by_tenant = [f"{head}x-tenant-id: {tenant}\r\n\r\n".encode() + body for tenant in tenants]
        self._requests = islice(cycle(by_tenant), requests)
        self.seconds: list[float] = []
        self.statuses: Counter[int] = Counter()

    def run(self, clients: int, seconds: float) -> tuple[float, float]:
        """Post until the time or the requests are over.

        Returns:
            When the load began and ended, in `time.time`'s seconds.

        Raises:
            ValueError: an answer was not 202, so there is nothing to compare.
        """
        began = time.time()
        asyncio.run(self._run(clients, began + seconds))
        ended = time.time()
        if self.statuses.keys() != {202}:
            raise ValueError(f"not all answers are 202: {dict(self.statuses)}")
        return began, ended

    async def _run(self, clients: int, until: float) -> None:
        await asyncio.gather(*(self._client(until) for _ in range(clients)))

    async def _client(self, until: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**22)
        try:
            while time.time() < until and (request := next(self._requests, None)) is not None:
                began = time.perf_counter()
                writer.write(request)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
                self.seconds.append(time.perf_counter() - began)
                self.statuses[int(head.split(b" ", 2)[1])] += 1
        finally:
            writer.close()


def measure(web: Web, network: SlowNetwork, clients: int, seconds: float) -> Run:
    """Measure requests of one log each."""
    body = json.dumps({"text": log_lines(1)[0]}).encode()
    Load(web.port, "application/json", body).run(clients, WARM_UP_SECONDS)
    return _measure_load(Load(web.port, "application/json", body), network, clients, seconds)


def measure_batches(web: Web, network: SlowNetwork, clients: int, seconds: float) -> Run:
    """Measure requests of BATCH_RECORDS NDJSON records each."""
    body = b"".join(json.dumps({"text": line}).encode() + b"\n" for line in log_lines(BATCH_RECORDS))
    Load(web.port, "application/x-ndjson", body).run(clients, WARM_UP_SECONDS)
    return _measure_load(Load(web.port, "application/x-ndjson", body), network, clients, seconds)


def _measure_load(load: Load, network: SlowNetwork, clients: int, seconds: float) -> Run:
    began, ended = load.run(clients, seconds)
    calls = network.calls(began, ended)
    requests = len(load.seconds)
    quantiles = statistics.quantiles(load.seconds, n=100)
    return Run(
        rate=requests / (ended - began),
        calls=sum(calls[operation] for operation in SENDS) * 1000 / requests,
        median_ms=quantiles[49] * 1000,
        p99_ms=quantiles[98] * 1000,
    )


def _print_requests(grouped: dict[int, Run], single: dict[int, Run]) -> None:
    print(f"{'clients':>7} {'group commit':>13} {'requests/s':>11} {'calls/1,000':>12} {'median ms':>10} {'p99 ms':>8}")
    for clients, run in grouped.items():
        for name, row in (("with", run), ("without", single[clients])):
            print(f"{clients:7} {name:>13} {row.rate:11.0f} {row.calls:12.0f} {row.median_ms:10.1f} {row.p99_ms:8.1f}")
    for clients, run in grouped.items():
        other = single[clients]
        rates, calls = run.rate / other.rate, run.calls / other.calls
        print(f"{clients} clients: {rates:.2f} x the requests/s, {calls:.0%} of the calls")
    most = max(grouped)
    print(f"calls per 1,000 requests at {most} clients: {grouped[most].calls:.0f} (aim: at most {CALLS_AIM})")


def _print_batches(run: Run, options: argparse.Namespace) -> None:
    print(
        f"NDJSON, {BATCH_RECORDS} records a request, {options.batch_clients} clients: "
        f"{run.rate * BATCH_RECORDS:.0f} records/s (aim: at least {RECORDS_AIM}), "
        f"{run.calls / BATCH_RECORDS:.3f} calls per 1,000 records, median {run.median_ms:.0f} ms a request"
    )


def main() -> None:
    """Run the benchmark and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="of each run (%(default)s)")
    parser.add_argument("--delay-ms", type=float, default=10, help="added to each call (%(default)s)")
    parser.add_argument("--threads", type=int, help="of web (the Procfile's)")
    parser.add_argument("--only", choices=("requests", "batches"), help="run one half")
    parser.add_argument("--clients", type=int, nargs="+", default=CLIENTS, help="that post single logs (%(default)s)")
    parser.add_argument("--batch-clients", type=int, default=4, help="that post batches (%(default)s)")
    options = parser.parse_args()
    grouped: dict[int, Run] = {}
    single: dict[int, Run] = {}
    with tempfile.TemporaryDirectory() as directory:
        (logs := Path(directory) / "logs").mkdir()
        with (
            Engine(free_port(), Path(directory) / "engine") as engine,
            SlowNetwork(engine.url, options.delay_ms / 1000) as network,
        ):
            for command in ("db", "broker"):
                create = ["flask", "--app", "webapp", command, "create"]
                subprocess.run(create, env=engine_environment(engine.url), cwd=ROOT, check=True, capture_output=True)
            # One tenant sends everything, and the benchmark does not measure rate limits.
            limits = {f"SLUICE_DEFAULT_{unit}_PER_SECOND": "1000000000" for unit in ("REQUESTS", "RECORDS", "BYTES")}
            environment = engine_environment(network.url) | limits | {"SLUICE_LOG_LEVEL": "WARNING"}
            if options.only != "batches":
                for group_commit, runs in (("true", grouped), ("false", single)):
                    web_environment = environment | {"SLUICE_GROUP_COMMIT": group_commit}
                    with Web(web_environment, options.threads, logs / f"web-{group_commit}").running() as web:
                        for clients in tqdm(options.clients, desc=f"group commit {group_commit}"):
                            runs[clients] = measure(web, network, clients, options.seconds)
                print(f"one log a request, {options.delay_ms:g} ms a call, {os.cpu_count()} cores")
                _print_requests(grouped, single)
            if options.only != "requests":
                with Web(environment, options.threads, logs / "web-batches").running() as web:
                    _print_batches(measure_batches(web, network, options.batch_clients, options.seconds), options)


if __name__ == "__main__":
    main()
