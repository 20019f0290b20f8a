"""The two sides of `make bench-pipeline` as processes, and their loads."""

import json
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from benchmarks import ingest
from benchmarks.engine_client import engine_client
from benchmarks.log_lines import log_lines
from benchmarks.pipeline_report import Run
from benchmarks.plain.names import PREFIX, REDACT, STORE
from benchmarks.prices import bill
from benchmarks.slow_network import SlowNetwork
from local.engine import Engine
from local.environment import engine_environment
from models.logs.write.insert import estimate_write_units
from settings import ROOT, settings
from tests.support.processes import Processes
from tests.support.waiting import wait_for

TENANTS = 8
LONGEST_RUN_SECONDS = 300
ACKS_SECONDS = 1.0
"""After the last log is stored: its message is deleted by then."""
WARM_UP = 64
_WORKER = (
    "celery -A benchmarks.plain.tasks worker --loglevel INFO --without-gossip --without-mingle --without-heartbeat"
)


@dataclass(frozen=True)
class Side:
    """One of the two designs.

    Attributes:
        commands: that replace the Procfile's.
        environment: settings of this design only.
        fair_queues: whether messages have a MessageGroupId.
    """

    name: str
    commands: Mapping[str, str]
    environment: Mapping[str, str]
    fair_queues: bool


SLUICE = Side("sluice", {}, {}, fair_queues=True)
# The prefetch of each worker is about 25, as in benchmarks/broker.py.
PLAIN = Side(
    "plain",
    {
        "web": "exec granian --interface wsgi --factory --host 127.0.0.1 --port $PORT --blocking-threads 256 "
        "benchmarks.plain.web:create_app",
        "redact": f"exec {_WORKER} -Q {REDACT} -n redact@%h --concurrency 2 --prefetch-multiplier 13",
        "store": f"exec {_WORKER} -Q {STORE} -n store@%h --pool threads --concurrency 8 --prefetch-multiplier 3",
    },
    {"SLUICE_QUEUE_PREFIX": PREFIX, "SLUICE_LOGS_TABLE": "plain_logs"},
    fair_queues=False,
)


@dataclass(frozen=True)
class Load:
    """Requests of `logs` logs each, from clients that wait for each answer."""

    requests: int
    logs: int
    clients: int

    @property
    def content_type(self) -> str:
        return "application/json" if self.logs == 1 else "application/x-ndjson"

    @property
    def body(self) -> bytes:
        return b"\n".join(json.dumps({"text": line}).encode() for line in log_lines(self.logs))

    def write_units(self) -> int:
        """Return the write units of all logs, as DynamoDB counts them."""
        fields = {"tenant_id": "bench-1", "log_id": str(uuid.uuid4()), "processed_at": "2026-01-31T12:00:00.000Z"}
        items = (
            {name: {"S": value} for name, value in (fields | {"o": line, "m": line}).items()}
            for line in log_lines(self.logs)
        )
        return self.requests * sum(map(estimate_write_units, items))


class System:
    """The processes web, redact and store of one side, behind the network."""

    def __init__(self, side: Side, engine: Engine, network: SlowNetwork, directory: Path) -> None:
        self._side = side
        self._network = network
        limits = {f"SLUICE_DEFAULT_{unit}_PER_SECOND": "1000000000" for unit in ("REQUESTS", "RECORDS", "BYTES")}
        (logs := directory / f"{side.name}-{time.time()}").mkdir()
        self._processes = Processes(logs, network.url, **limits, **side.environment)
        self._processes.commands |= side.commands
        self._table = side.environment.get("SLUICE_LOGS_TABLE", settings.logs_table)
        self._dynamodb = engine_client("dynamodb", engine.url)
        environment = engine_environment(network.url) | dict(side.environment)
        for command in ("db", "broker"):
            create = ["flask", "--app", "webapp", command, "create"]
            subprocess.run(create, env=environment, cwd=ROOT, check=True, capture_output=True)

    def run(self, load: Load) -> Run:
        """Measure a load, from the first request to the last stored log.

        Raises:
            AssertionError: the load took longer than LONGEST_RUN_SECONDS.
        """
        self._post(Load(WARM_UP, load.logs if load.logs == 1 else 10, load.clients))
        time.sleep(ACKS_SECONDS)
        began, stored = self._post(load)
        time.sleep(ACKS_SECONDS)
        traffic = self._network.traffic(began, time.time())
        logs = load.requests * load.logs
        costs = bill(traffic, load.write_units(), fair_queues=self._side.fair_queues)
        return Run.from_traffic(logs, stored - began, traffic, costs)

    def _post(self, load: Load) -> tuple[float, float]:
        """Post a load and wait until all logs are stored.

        Returns:
            When the first request left, and when the last log was stored.
        """
        expected = self._count_stored() + load.requests * load.logs
        tenants = [f"bench-{number}" for number in range(TENANTS)]
        client = ingest.Load(self._processes.web_port, load.content_type, load.body, tenants, load.requests)
        began, _ = client.run(load.clients, LONGEST_RUN_SECONDS)
        wait_for("all logs in the table", lambda: self._count_stored() >= expected, LONGEST_RUN_SECONDS, every=0.05)
        return began, time.time()

    def _count_stored(self) -> int:
        # The embedded engine updates ItemCount at once, DynamoDB every six hours.
        count: int = self._dynamodb.describe_table(TableName=self._table)["Table"]["ItemCount"]
        return count

    def __enter__(self) -> "System":
        self._processes.start("web", "redact", "store")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._processes.stop()
