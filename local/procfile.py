"""The Procfile's processes, started and stopped together."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from queue import SimpleQueue

from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

from settings import ROOT

DRAIN_SECONDS = 30
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Process:
    """One line of the Procfile, as the leader of a process group of its own.

    Honcho's manager signals the whole group, which cuts a Celery worker's pool off in the middle of its tasks; here
    the leader is told alone, and lets them finish.
    """

    def __init__(self, name: str, command: str, environment: Mapping[str, str]) -> None:
        self.name = name
        self.popen = subprocess.Popen(
            command,
            shell=True,
            cwd=ROOT,
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.ended = threading.Event()

    def wait(self) -> None:
        """Wait for its end but leave it to be reaped, so that its group's id stays its own."""
        os.waitid(os.P_PID, self.popen.pid, os.WEXITED | os.WNOWAIT)
        self.ended.set()

    def terminate(self) -> None:
        os.kill(self.popen.pid, signal.SIGTERM)

    def reap(self) -> None:
        """Kill what is left of its group, and collect it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()


class ProcfileRunner:
    """Runs every line of the Procfile; when one ends, the others are stopped.

    Args:
        environment: of the processes.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._commands: dict[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
        self._processes: list[_Process] = []
        # The name of a process that ended, or None for a signal. A signal handler may put into a SimpleQueue, but not
        # print: it could interrupt a print.
        self._events: SimpleQueue[str | None] = SimpleQueue()
        self._printer = Printer(sys.stdout, width=max(map(len, self._commands)))
        self._printing = threading.Lock()

    def run(self) -> bool:
        """Run until SIGINT, SIGTERM or SIGHUP comes, or one of the processes ends.

        Returns:
            Whether it was a signal that ended it.
        """
        for number in STOP_SIGNALS:
            signal.signal(number, lambda *_: self._events.put(None))
        try:
            for (name, command), colour in zip(self._commands.items(), get_colours(), strict=False):
                self._start(_Process(name, command, self._environment), colour)
            ended = self._events.get()
            self._print("local", None, f"{ended} ended by itself" if ended else "stopping")
        finally:
            self._stop()
        return ended is None

    def _start(self, process: _Process, colour: str) -> None:
        self._processes.append(process)
        threading.Thread(target=self._copy_output, args=(process, colour), daemon=True).start()
        threading.Thread(target=self._report_end, args=(process,), daemon=True).start()

    def _copy_output(self, process: _Process, colour: str) -> None:
        assert process.popen.stdout is not None
        for line in process.popen.stdout:
            self._print(process.name, colour, line)

    def _report_end(self, process: _Process) -> None:
        process.wait()
        self._events.put(process.name)

    def _print(self, name: str, colour: str | None, line: str | bytes) -> None:
        with self._printing:
            self._printer.write(Message("line", line, datetime.now(), name, colour))

    def _stop(self) -> None:
        for process in self._processes:
            process.terminate()
        deadline = time.monotonic() + DRAIN_SECONDS
        for process in self._processes:
            process.ended.wait(max(0.0, deadline - time.monotonic()))
        for process in self._processes:
            process.reap()
