"""The real system of a run: the engine, the proxy, the Procfile's processes, and the commands of an operator."""

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
# The shortest that settings allow: what a killed worker held is back soon, and poison is received often enough soon.
VISIBILITY_TIMEOUT_SECONDS = 5
RETRY_MAX_DELAY_SECONDS = 2
QUIET_SECONDS = 300


@dataclass(frozen=True)
class System:
    """All of it, running."""

    engine: Engine
    proxy: FaultProxy
    processes: Processes
    aws: Aws
    directory: Path

    def wait_until_quiet(self) -> None:
        """Until no queue but failures has a message.

        Raises:
            AssertionError: that takes longer than QUIET_SECONDS.
        """
        # In this order: what leaves the first queue is in the next one by then.
        wait_for(
            "empty queues",
            lambda: not any(self.aws.waiting(queue) for queue in (REDACT_QUEUE, STORE_QUEUE, REDACT_QUEUE)),
            seconds=QUIET_SECONDS,
            every=0.5,
        )

    def failures(self) -> Failures:
        """What is in the failure queue now."""
        file = self.directory / "failures.jsonl"
        file.unlink(missing_ok=True)
        self.flask("failures", "export", str(file))
        with file.open() as lines:
            return Failures.of(lines)

    def flask(self, *arguments: str) -> str:
        """Run one of Sluice's commands as an operator does; what it prints.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        environment = self.processes.environment | {"SLUICE_AWS_ENDPOINT_URL": self.engine.url}
        command = ["flask", "--app", "webapp", *arguments]
        return subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout

    def shown_texts(self, marker: str) -> int:
        """Lines with a text in what the processes wrote."""
        return sum(marker in line for name in NAMES for line in self.processes.log(name).splitlines())

    def deliveries(self) -> tuple[int, int]:
        """Return how many tasks the workers ended, and how often one of them again."""
        lines = (line for name in ("redact", "store") for line in parse_outcome_lines(self.processes.log(name)))
        ids = [line["task_id"] for line in lines]
        return len(set(ids)), len(ids) - len(set(ids))


@contextlib.contextmanager
def running(directory: Path, max_receives: int) -> Iterator[System]:
    """The system, from when it is ready.

    Args:
        directory: for state and logs.
        max_receives: after so many SQS moves a message to failures.
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
        policy = json.dumps({"deadLetterTargetArn": aws.arn(FAILURES_QUEUE), "maxReceiveCount": max_receives})
        for queue in (REDACT_QUEUE, STORE_QUEUE):
            aws.set_attributes(queue, RedrivePolicy=policy, VisibilityTimeout=str(VISIBILITY_TIMEOUT_SECONDS))
        try:
            processes.start(*NAMES)
            yield System(engine, proxy, processes, aws, directory)
        finally:
            proxy.clear()
            processes.stop()
