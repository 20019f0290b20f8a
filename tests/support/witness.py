"""Witness of an outage, who sees only answers, records and logs."""

from models import LogRecord
from tests.support.failure_queue import list_dead_letters
from tests.support.processes import Processes
from tests.support.waiting import wait_for

WORKERS = ("redact", "store")
NAMES = ("web", *WORKERS)


class Witness:
    """Answers to one tenant, its stored logs, and the process logs meanwhile."""

    def __init__(self, processes: Processes, tenant: str) -> None:
        self._processes = processes
        self._tenant = tenant
        self._log_begins = {name: len(processes.log(name)) for name in NAMES}
        self.accepted: set[str] = set()
        self.refused: set[str] = set()

    def post(self, text: str) -> int:
        """Send a log and return the status of the answer.

        The status decides if the log must be stored. A 503 says when to come back.
        """
        answer = self._processes.post(text, content_type="text/plain", x_tenant_id=self._tenant)
        (self.accepted if answer.status == 202 else self.refused).add(text)
        assert answer.status != 503 or int(answer.headers["Retry-After"]) > 0
        return answer.status

    def log(self, name: str) -> str:
        """Return what a process logged since the beginning of this test."""
        return self._processes.log(name)[self._log_begins[name] :]

    def stored(self) -> list[str]:
        return [record.original_text for record in LogRecord.for_tenant(self._tenant).records]

    def wait_until_stored(self) -> None:
        """Wait until every accepted log is stored, once.

        A refused one may be stored too, if only the answer to web was lost.
        """
        wait_for("all accepted logs in the table", lambda: self.accepted <= set(self.stored()))
        stored = self.stored()
        assert LogRecord.count(self._tenant) == len(stored) == len(set(stored))
        assert set(stored) <= self.accepted | self.refused
        assert not list_dead_letters(self._tenant)
