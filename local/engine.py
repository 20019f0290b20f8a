"""The embedded AWS engine: SQS, SNS, DynamoDB and KMS in one process."""

import fcntl
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import IO

from local.children import START_HOOK
from settings import ROOT

PYTHON = ROOT / ".venv-engine" / "bin" / "python"
START_SECONDS = 60
STOP_SECONDS = 60


class EngineFailed(Exception):
    """The engine did not start or stop; the message says why."""


class Engine:
    """Process of ministack, on loopback.

    It keeps its state only when it is stopped with SIGTERM and waited for; SIGKILL loses what came since the last
    clean stop.

    Args:
        port: where it listens, on 127.0.0.1.
        state_directory: where it keeps queues and tables from one run to the next, and its log.
        ends_with_parent: it stops when the thread ends that started it, even if the process is killed.
        lock: file descriptor that the process inherits, if any.
    """

    def __init__(
        self, port: int, state_directory: Path, *, ends_with_parent: bool = False, lock: int | None = None
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log_file = state_directory / "engine.log"
        self._port = port
        self._state_directory = state_directory
        self._start_hook = START_HOOK if ends_with_parent else None
        self._inherited = [] if lock is None else [lock]
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def start(self) -> None:
        """Start the engine and wait until it answers.

        Raises:
            EngineFailed: it ended, or did not answer within START_SECONDS.
        """
        if not PYTHON.exists():
            raise EngineFailed(f"{PYTHON} is missing; run: make .venv-engine/.installed")
        self._state_directory.mkdir(parents=True, exist_ok=True)
        lock = self._lock_state()
        self._log = self.log_file.open("ab")
        self._process = subprocess.Popen(
            [PYTHON, "-m", "ministack"],
            env=self._environment(),
            stdout=self._log,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches every process of the terminal's group; the engine has to outlive the others.
            start_new_session=True,
            pass_fds=[lock, *self._inherited],
            preexec_fn=self._start_hook,
        )
        os.close(lock)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None:
                raise EngineFailed(f"the engine ended with code {self._process.returncode}; see {self.log_file}")
            if time.monotonic() > deadline:
                self.stop()
                raise EngineFailed(f"the engine did not answer within {START_SECONDS} s; see {self.log_file}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop the engine and wait until its state is on disk.

        Raises:
            EngineFailed: it did not stop within STOP_SECONDS and was killed; what came since its last stop is lost.
        """
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise EngineFailed(f"the engine did not stop within {STOP_SECONDS} s and was killed") from None
        finally:
            if self._log is not None:
                self._log.close()

    def _lock_state(self) -> int:
        # The engine inherits the lock and holds it for as long as it lives, whatever becomes of this process.
        lock = os.open(self._state_directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise EngineFailed(f"another engine uses {self._state_directory}; stop that one first") from None
        return lock

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.environ.get("HOME", "/"),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._port),
            "SERVICES": "sqs,sns,dynamodb,kms",
            "IOT_MTLS_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self._state_directory),
            "LOG_LEVEL": "WARNING",
        }

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def __enter__(self) -> "Engine":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()
