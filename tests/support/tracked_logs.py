"""Logs that a test follows through real workers."""

from collections import Counter

from broker.queues import sqs_client
from models import LogRecord
from tests.support.failure_queue import list_dead_letters
from tests.support.fault_proxy import FaultProxy
from tests.support.outcome_lines import parse_outcome_lines
from tests.support.processes import Processes
from tests.support.waiting import wait_for
from tests.support.witness import WORKERS

COUNT = 20


class TrackedLogs:
    """COUNT logs of one tenant, each a task of its own.

    Args:
        processes: web, redact and store.
        proxy: what the workers reach AWS through.
        tenant: whose logs.
    """

    def __init__(self, processes: Processes, proxy: FaultProxy, tenant: str) -> None:
        self._processes = processes
        self._proxy = proxy
        self._tenant = tenant
        self._texts = [f"QUOKKA {number:02}" for number in range(COUNT)]
        self._log_begins = {worker: len(processes.log(worker)) for worker in WORKERS}
        self._earlier_calls = proxy.calls.copy()

    def post(self) -> None:
        for text in self._texts:
            assert self._processes.post(text, content_type="text/plain", x_tenant_id=self._tenant).status == 202

    def calls(self, *operations: str) -> int:
        """Count the workers' calls since these logs are tracked."""
        return sum(self._proxy.calls[operation] - self._earlier_calls[operation] for operation in operations)

    def log(self, worker: str) -> str:
        """Return what a worker logged since these logs are tracked."""
        return self._processes.log(worker)[self._log_begins[worker] :]

    def successes(self, worker: str) -> Counter[str]:
        """Count how often each task of a worker succeeded, by task id."""
        return Counter(line["task_id"] for line in parse_outcome_lines(self.log(worker), "done"))

    def queued(self, queue: str) -> tuple[int, int]:
        """Count the messages that are visible, and those that a worker holds."""
        sqs = sqs_client()
        url = sqs.get_queue_url(QueueName=self._processes.environment["SLUICE_QUEUE_PREFIX"] + queue)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"]), int(attributes["ApproximateNumberOfMessagesNotVisible"])

    def stored(self) -> list[str]:
        return sorted(record.original_text for record in LogRecord.for_tenant(self._tenant).records)

    def wait_until_succeeded(self) -> None:
        """Wait until every log is stored and every task has ended."""
        wait_for("every log in the table", lambda: self.stored() == self._texts)
        for worker in WORKERS:
            wait_for(f"{COUNT} tasks of {worker}", lambda worker=worker: len(self.successes(worker)) == COUNT)

    def wait_until_gone(self) -> None:
        """Wait until every log is stored once, and no queue has any."""
        wait_for("every log in the table", lambda: self.stored() == self._texts)
        for queue in WORKERS:
            wait_for(f"an empty queue {queue}", lambda queue=queue: self.queued(queue) == (0, 0))
        assert LogRecord.count(self._tenant) == COUNT
        assert self.stored() == self._texts
        assert not list_dead_letters(self._tenant, self._processes.environment["SLUICE_QUEUE_PREFIX"])
        for worker in WORKERS:
            assert "QUOKKA" not in self.log(worker)
