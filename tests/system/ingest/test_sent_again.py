"""A request repeated after a 503 keeps the generated log ids.

So each log is stored once, although the client gave no ids.
"""

import json
import random

import pytest

from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.system.ingest.test_group_commit import take_queued_logs

_letters = random.Random(1)
LINES = [f"{number} {''.join(_letters.choices('bcdfghjklm npqrst', k=30_000))}" for number in range(100)]
"""Together larger than an SQS message may be."""
REQUESTS = {
    "lines": ("/ingest?split=lines", "text/plain", "\n".join(LINES)),
    "records": ("/ingest", "application/x-ndjson", "\n".join(json.dumps({"text": line}) for line in LINES)),
    "Loki": (
        "/loki/api/v1/push",
        "application/json",
        json.dumps({"streams": [{"stream": {}, "values": [["1769860800000000000", line] for line in LINES]}]}),
    ),
    "Splunk": ("/services/collector", "application/json", "".join(json.dumps({"event": line}) for line in LINES)),
    "Datadog": ("/api/v2/logs", "application/json", json.dumps([{"message": line} for line in LINES])),
}


@pytest.fixture
def web(web_behind: Processes) -> Processes:
    return web_behind


def get_queued_ids(web: Processes) -> dict[tuple[str, str], set[str]]:
    """Take the queued logs, and return log ids by tenant and text."""
    found: dict[tuple[str, str], set[str]] = {}
    for log in take_queued_logs(web):
        found.setdefault((log["tenant_id"], log["text"]), set()).add(log["log_id"])
    return found


def test_a_request_accepted_in_part_is_stored_once_when_sent_again(
    web: Processes, proxy: FaultProxy, tenant: str
) -> None:
    for number, (path, content_type, body) in enumerate(REQUESTS.values()):
        headers = {"content_type": content_type, "x_tenant_id": f"{tenant}-{number}"}
        proxy.fail_entries("SendMessageBatch")
        assert web.post(body, path, **headers).status == 503
        proxy.clear()
        assert web.post(body, path, **headers).status < 300

    ids = get_queued_ids(web)
    assert len(ids) == len(REQUESTS) * len(LINES)
    assert {len(log_ids) for log_ids in ids.values()} == {1}


def test_a_log_keeps_the_id_when_the_answer_from_sqs_was_lost(web: Processes, proxy: FaultProxy, tenant: str) -> None:
    proxy.lose_answers(1.0, 1, "SendMessageBatch")
    assert web.post("a log", content_type="text/plain", x_tenant_id=tenant).status == 503
    proxy.clear()

    answer = web.post("a log", content_type="text/plain", x_tenant_id=tenant)

    assert answer.status == 202
    copies = take_queued_logs(web)
    assert len(copies) >= 2
    assert {log["log_id"] for log in copies} == set(answer.json()["log_ids"])


def test_logs_keep_their_ids_after_the_logs_for_one_tenant_were_refused(
    web: Processes, proxy: FaultProxy, tenant: str
) -> None:
    large = [{"tenant_id": f"{tenant}-large", "text": line} for line in LINES]
    body = "\n".join(json.dumps(record) for record in [{"tenant_id": tenant, "text": "a log"}, *large])
    proxy.fail_entries("SendMessageBatch")
    assert web.post(body, content_type="application/x-ndjson").status == 503
    proxy.clear()

    assert web.post(body, content_type="application/x-ndjson").status == 202

    assert {len(log_ids) for log_ids in get_queued_ids(web).values()} == {1}


def test_an_accepted_log_sent_again_gets_a_new_id(web: Processes, proxy: FaultProxy, tenant: str) -> None:
    for _ in range(2):
        proxy.refuse("sqs")
        assert web.post("a log", content_type="text/plain", x_tenant_id=tenant).status == 503
        proxy.clear()
        assert web.post("a log", content_type="text/plain", x_tenant_id=tenant).status == 202

    assert [len(log_ids) for log_ids in get_queued_ids(web).values()] == [2]
