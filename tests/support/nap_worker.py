"""A Celery worker for naps, on a queue of its own."""

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psutil

from broker.control.names import is_control_queue
from broker.queues import sqs_client
from local.engine import Engine
from local.environment import engine_environment
from settings import ROOT
from tests.support.waiting import wait_for

VISIBILITY_SECONDS = 5


class NapWorker:
    """A Celery worker for tests.support.naps on a queue of its own."""

    def __init__(self, engine: Engine, prefix: str, directory: Path) -> None:
        self.environment = engine_environment(engine.url) | {
            "SLUICE_QUEUE_PREFIX": prefix,
            "SLUICE_VISIBILITY_TIMEOUT_SECONDS": str(VISIBILITY_SECONDS),
        }
        self._prefix = prefix
        self.diary = directory / "diary"
        self.diary.touch()
        self._log = directory / "worker.log"
        self._process: subprocess.Popen[bytes] | None = None
        create = ["flask", "--app", "webapp", "broker", "create"]
        subprocess.run(create, env=self.environment, cwd=ROOT, check=True, capture_output=True)
        self._url = sqs_client().get_queue_url(QueueName=f"{prefix}redact")["QueueUrl"]

    def send(self, options: Mapping[str, object] | None = None, /, **naps: float) -> None:
        """Publish naps, by name and length in seconds, with options of `apply_async`."""
        calls = "".join(
            f"nap.apply_async(({name!r}, {length}, {str(self.diary)!r}), **{options or {}!r});"
            for name, length in naps.items()
        )
        script = f"import datetime; from tests.support.naps import nap; {calls}"
        subprocess.run(["python", "-c", script], env=self.environment, cwd=ROOT, check=True)

    def start(self, pool: str = "prefork", *, prefetch: int = 10) -> psutil.Process:
        """Start a worker that runs one nap at a time.

        It holds up to `prefetch` messages.
        """
        command = (
            f"exec celery -A tests.support.naps worker -Q redact --pool {pool} -c 1 --prefetch-multiplier {prefetch}"
            " --without-heartbeat"
        )
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, shell=True, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        return psutil.Process(self._process.pid)

    def terminate(self) -> None:
        """Send SIGTERM to the worker."""
        assert self._process is not None
        self._process.terminate()

    def wait(self) -> int:
        """Wait for the worker's end and return its exit code."""
        assert self._process is not None
        return self._process.wait(60)

    def stop(self) -> int:
        """Send SIGTERM, and return the exit code."""
        self.terminate()
        return self.wait()

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def control_queues(self) -> list[str]:
        """Return the URLs of its queues of remote control."""
        urls = sqs_client().list_queues(QueueNamePrefix=self._prefix).get("QueueUrls", [])
        return [url for url in urls if is_control_queue(url.rpartition("/")[2], self._prefix)]

    def lines(self) -> list[str]:
        return self.diary.read_text().splitlines()

    def wait_for_line(self, line: str) -> None:
        wait_for(repr(line), lambda: line in self.lines())

    def messages(self) -> tuple[int, int]:
        """Return how many messages are visible, and how many are held."""
        attributes = self._get_attributes()
        return int(attributes["ApproximateNumberOfMessages"]), int(attributes["ApproximateNumberOfMessagesNotVisible"])

    def count_delayed(self) -> int:
        """Return how many messages SQS delays."""
        return int(self._get_attributes()["ApproximateNumberOfMessagesDelayed"])

    def _get_attributes(self) -> dict[str, str]:
        return dict(sqs_client().get_queue_attributes(QueueUrl=self._url, AttributeNames=["All"])["Attributes"])
