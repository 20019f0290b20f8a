"""Workers wait with finished batches while SQS takes no messages.

No text is lost or logged meanwhile.
"""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from models import LogRecord
from tests.support.failure_queue import list_dead_letters
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.support.waiting import wait_for


@pytest.fixture
def processes_behind(proxy: FaultProxy, tmp_path: Path) -> Iterator[Processes]:
    processes = Processes(tmp_path, proxy.url)
    try:
        yield processes
    finally:
        proxy.clear()
        processes.stop()


@pytest.mark.parametrize("time_limit", ["50", "3"], ids=["waits", "waits, rejects and gets it again"])
def test_a_redacted_batch_waits_until_sqs_takes_messages_again(
    proxy: FaultProxy, processes_behind: Processes, tenant: str, time_limit: str
) -> None:
    prefix = f"{tenant}-"
    processes_behind.use_queues(prefix)
    processes_behind.environment |= {"SLUICE_TASK_TIME_LIMIT_SECONDS": time_limit}
    processes_behind.start("web")
    texts = {f"QUOKKA {number}" for number in range(6)}
    for text in texts:
        assert processes_behind.post(text, content_type="text/plain", x_tenant_id=tenant).status == 202
    proxy.status(503, "ServiceUnavailable", "SendMessage", "SendMessageBatch")
    processes_behind.start("redact", "store")
    tries = proxy.calls["SendMessageBatch"]

    wait_for("several tries", lambda: proxy.calls["SendMessageBatch"] >= tries + 12)
    assert processes_behind.is_running("redact")
    proxy.clear()

    wait_for("all of them stored", lambda: get_stored_texts(tenant) == texts)
    log = processes_behind.log("redact")
    children = len(psutil.Process(processes_behind.pid("redact")).children())
    assert 1 <= log.count("publishing to SQS fails (ServiceUnavailable") <= children
    wait_for("the end in the log", lambda: processes_behind.log("redact").count("publishing to SQS works again") >= 1)
    assert "Traceback" not in log
    assert "QUOKKA" not in log
    assert LogRecord.count(tenant) == len(texts)
    assert not list_dead_letters(tenant, prefix)


def get_stored_texts(tenant: str) -> set[str]:
    return {record.original_text for record in LogRecord.for_tenant(tenant).records}
