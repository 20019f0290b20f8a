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
from pathlib import Path
from queue import Empty, SimpleQueue

from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

from local.children import START_HOOK
from local.quiet import is_startup_line
from settings import ROOT

DRAIN_SECONDS = 30
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Process:
    """Line of the Procfile, as the leader of its own process group.

    Honcho's manager signals the whole group, which cuts a Celery worker's pool off in the middle of its tasks. Here
    only the leader gets the signal, and lets them finish.
    """

    def __init__(self, name: str, command: str, environment: Mapping[str, str], lock: int) -> None:
        self.name = name
        self.popen = subprocess.Popen(
            command,
            shell=True,
            cwd=ROOT,
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[lock],
            preexec_fn=START_HOOK,
        )
        self.ended = threading.Event()

    def wait(self) -> None:
        """Wait for the end of the process, without reaping it.

        Until then no other process can get its id, which is that of the group.
        """
        os.waitid(os.P_PID, self.popen.pid, os.WEXITED | os.WNOWAIT)
        self.ended.set()

    def terminate(self) -> None:
        """Ask the process to stop."""
        os.kill(self.popen.pid, signal.SIGTERM)

    def reap(self) -> None:
        """Kill what is left of the group, and reap the process."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()


class ProcfileRunner:
    """Runner of the Procfile's processes; when one ends, it stops the others.

    Args:
        environment: of the processes.
        log_file: gets every line; the terminal does not get those that is_startup_line names.
        lock: file descriptor that the processes inherit.
        verbose: show every line on the terminal, too.
    """

    def __init__(self, environment: Mapping[str, str], log_file: Path, lock: int, *, verbose: bool = False) -> None:
        self._environment = environment
        self._lock = lock
        self._verbose = verbose
        self._log = log_file.open("wb", buffering=0)
        self._commands: dict[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
        self._processes: list[_Process] = []
        # The name of a process that ended, or None for a signal. A signal handler may put into a SimpleQueue, but not
        # print: it could interrupt a print.
        self._events: SimpleQueue[str | None] = SimpleQueue()
        self._printer = Printer(sys.stdout, width=max(map(len, self._commands)))
        self._printing = threading.Lock()

    def run(self) -> bool:
        """Run until a signal comes or one of the processes ends.

        Returns:
            True if it was SIGINT, SIGTERM or SIGHUP.
        """
        for number in STOP_SIGNALS:
            signal.signal(number, lambda *_: self._events.put(None))
        try:
            for (name, command), colour in zip(self._commands.items(), get_colours(), strict=False):
                self._start(_Process(name, command, self._environment, self._lock), colour)
            ended = self._events.get()
            reason = f"{ended} ended by itself; " if ended else ""
            print(f"{reason}stopping: running tasks are finished first, within {DRAIN_SECONDS} s", flush=True)
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
            self._log.write(b"%s | %s" % (process.name.encode(), line))
            if self._verbose or not is_startup_line(line):
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
        while not all(process.ended.is_set() for process in self._processes):
            try:
                event = self._events.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                break
            if event is None:
                print("still stopping", flush=True)
        for process in self._processes:
            process.reap()
