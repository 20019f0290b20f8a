"""The real system of a run, its commands and its process logs."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.engine import Engine
from local.environment import engine_environment
from local.ports import free_port
from settings import ROOT
from tests.chaos.account import Failures
from tests.chaos.aws import Aws
from tests.support.fault_proxy import FaultProxy
from tests.support.outcome_lines import parse_outcome_lines
from tests.support.processes import Processes
from tests.support.waiting import wait_for
from topology import FAILURES_QUEUE, REDACT_QUEUE, STORE_QUEUE

NAMES = ("web", "redact", "store")
QUEUE_PREFIX = "chaos-"
# The shortest that settings allow: messages of a killed worker are back soon, and poison soon has its last receive.
VISIBILITY_TIMEOUT_SECONDS = 5
RETRY_MAX_DELAY_SECONDS = 2
QUIET_SECONDS = 300


@dataclass(frozen=True)
class System:
    """Running engine, proxy and processes."""

    engine: Engine
    proxy: FaultProxy
    processes: Processes
    aws: Aws
    directory: Path

    def wait_until_quiet(self) -> None:
        """Wait until only the failure queue has messages.

        Raises:
            AssertionError: that takes longer than QUIET_SECONDS.
        """
        # In this order: what leaves the first queue is in the next one by then.
        wait_for(
            "empty queues",
            lambda: not any(self.aws.count_messages(queue) for queue in (REDACT_QUEUE, STORE_QUEUE, REDACT_QUEUE)),
            seconds=QUIET_SECONDS,
            every=0.5,
        )

    def export_failures(self) -> Failures:
        """Return the content of the failure queue."""
        file = self.directory / "failures.jsonl"
        file.unlink(missing_ok=True)
        self.flask("failures", "export", str(file))
        with file.open() as lines:
            return Failures.from_export(lines)

    def flask(self, *arguments: str) -> str:
        """Run a command as an operator does, and return its output.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        environment = self.processes.environment | {"SLUICE_AWS_ENDPOINT_URL": self.engine.url}
        command = ["flask", "--app", "webapp", *arguments]
        return subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout

    def count_shown_texts(self, marker: str) -> int:
        """Count the lines of the process logs that quote a text."""
        return sum(marker in line for name in NAMES for line in self.processes.log(name).splitlines())

    def count_deliveries(self) -> tuple[int, int]:
        """Count the tasks that ended, and how often one ended again."""
        lines = (line for name in ("redact", "store") for line in parse_outcome_lines(self.processes.log(name)))
        ids = [line["task_id"] for line in lines]
        return len(set(ids)), len(ids) - len(set(ids))


@contextlib.contextmanager
def start_system(directory: Path, max_receives: int) -> Iterator[System]:
    """Start the system and yield it when it is ready.

    Args:
        directory: for state and logs.
        max_receives: number of receives after which SQS moves a message to failures.
    """
    with Engine(free_port(), directory / "engine") as engine, FaultProxy(engine.url) as proxy:
        processes = Processes(
            directory,
            proxy.url,
            SLUICE_QUEUE_PREFIX=QUEUE_PREFIX,
            SLUICE_VISIBILITY_TIMEOUT_SECONDS=str(VISIBILITY_TIMEOUT_SECONDS),
            SLUICE_RETRY_MAX_DELAY_SECONDS=str(RETRY_MAX_DELAY_SECONDS),
        )
        processes.commands["redact"] += " --include tests.chaos.crashing"
        for command in (["db", "create"], ["broker", "create"]):
            subprocess.run(
                ["flask", "--app", "webapp", *command],
                env=engine_environment(engine.url) | {"SLUICE_QUEUE_PREFIX": QUEUE_PREFIX},
                cwd=ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        aws = Aws(engine.url, QUEUE_PREFIX)
        policy = json.dumps({"deadLetterTargetArn": aws.get_arn(FAILURES_QUEUE), "maxReceiveCount": max_receives})
        for queue in (REDACT_QUEUE, STORE_QUEUE):
            aws.set_attributes(queue, RedrivePolicy=policy, VisibilityTimeout=str(VISIBILITY_TIMEOUT_SECONDS))
        try:
            processes.start(*NAMES)
            yield System(engine, proxy, processes, aws, directory)
        finally:
            proxy.clear()
            processes.stop()
