"""The Procfile's processes, started and stopped together by honcho."""

import contextlib
import os
import signal
from collections.abc import Mapping

import honcho.manager
from honcho.environ import parse_procfile

from settings import ROOT

DRAIN_SECONDS = 30


class _LeaderSignals:
    """Signals for a process, not for its group.

    Honcho signals the group, which kills a Celery worker's pool in the middle of its tasks; the worker itself, told
    alone, lets them finish.
    """

    def terminate(self, pid: int) -> None:
        self._send(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        self._send(-pid, signal.SIGKILL)

    @staticmethod
    def _send(pid: int, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


class ProcfileRunner(honcho.manager.Manager):  # type: ignore[misc]  # honcho has no types
    """Runs every line of the Procfile; when one ends, the others are stopped.

    Args:
        environment: of the processes.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__()
        self._procmgr = _LeaderSignals()
        honcho.manager.KILL_WAIT = DRAIN_SECONDS
        for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
            self.add_process(name, command, env=dict(environment), cwd=str(ROOT))

    def run(self) -> bool:
        """Run until SIGINT, SIGTERM, or one of the processes ends.

        Returns:
            Whether it was a signal that ended it.
        """
        self.loop()
        return self.returncode in {code["rc"] for code in honcho.manager.SIGNALS.values()}
