"""An outage from outside: what was accepted is stored, once, and whoever was refused knows when to come back."""

from models import LogRecord
from tests.support.failure_queue import dead_letters_of
from tests.support.processes import Processes
from tests.support.waiting import wait_for

WORKERS = ("redact", "store")
NAMES = ("web", *WORKERS)


class Witness:
    """What one tenant was told, what is stored of it, and what the processes say meanwhile."""

    def __init__(self, processes: Processes, tenant: str) -> None:
        self._processes = processes
        self._tenant = tenant
        self._log_begins = {name: len(processes.log(name)) for name in NAMES}
        self.accepted: set[str] = set()
        self.refused: set[str] = set()

    def post(self, text: str) -> int:
        """The status of the answer, which decides whether the log must be stored."""
        answer = self._processes.post(text, content_type="text/plain", x_tenant_id=self._tenant)
        (self.accepted if answer.status == 202 else self.refused).add(text)
        assert answer.status != 503 or int(answer.headers["Retry-After"]) > 0
        return answer.status

    def log(self, name: str) -> str:
        """What a process logged since the beginning of this test."""
        return self._processes.log(name)[self._log_begins[name] :]

    def stored(self) -> list[str]:
        return [record.original_text for record in LogRecord.for_tenant(self._tenant).records]

    def wait_until_stored(self) -> None:
        """Every accepted log is in the table, once; a refused one may be: only the answer to web was lost."""
        wait_for("all accepted logs in the table", lambda: self.accepted <= set(self.stored()))
        stored = self.stored()
        assert LogRecord.count(self._tenant) == len(stored) == len(set(stored))
        assert set(stored) <= self.accepted | self.refused
        assert not dead_letters_of(self._tenant)
