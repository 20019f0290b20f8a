"""A client whose logs have no ids sends a request again that was answered with 503: each log is stored once."""

import json
import random

import pytest

from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.system.ingest.test_group_commit import queued

_letters = random.Random(1)
LINES = [f"{number} {''.join(_letters.choices('bcdfghjklm npqrst', k=30_000))}" for number in range(100)]
"""Together more than a message of SQS may have."""
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


def ids_of(web: Processes) -> dict[tuple[str, str], set[str]]:
    """The ids of what is queued, by tenant and text."""
    found: dict[tuple[str, str], set[str]] = {}
    for log in queued(web):
        found.setdefault((log["tenant_id"], log["text"]), set()).add(log["log_id"])
    return found


def test_after_sqs_took_a_part(web: Processes, proxy: FaultProxy, tenant: str) -> None:
    for number, (path, content_type, body) in enumerate(REQUESTS.values()):
        headers = {"content_type": content_type, "x_tenant_id": f"{tenant}-{number}"}
        proxy.fail_entries("SendMessageBatch")
        assert web.post(body, path, **headers).status == 503
        proxy.clear()
        assert web.post(body, path, **headers).status < 300

    ids = ids_of(web)
    assert len(ids) == len(REQUESTS) * len(LINES)
    assert {len(its) for its in ids.values()} == {1}


def test_after_the_answer_of_sqs_got_lost(web: Processes, proxy: FaultProxy, tenant: str) -> None:
    proxy.lose_answers(1.0, 1, "SendMessageBatch")
    assert web.post("a log", content_type="text/plain", x_tenant_id=tenant).status == 503
    proxy.clear()

    answer = web.post("a log", content_type="text/plain", x_tenant_id=tenant)

    assert answer.status == 202
    copies = queued(web)
    assert len(copies) >= 2
    assert {log["log_id"] for log in copies} == set(answer.json()["log_ids"])


def test_after_one_tenant_of_several_was_refused(web: Processes, proxy: FaultProxy, tenant: str) -> None:
    large = [{"tenant_id": f"{tenant}-large", "text": line} for line in LINES]
    body = "\n".join(json.dumps(record) for record in [{"tenant_id": tenant, "text": "a log"}, *large])
    proxy.fail_entries("SendMessageBatch")
    assert web.post(body, content_type="application/x-ndjson").status == 503
    proxy.clear()

    assert web.post(body, content_type="application/x-ndjson").status == 202

    assert {len(its) for its in ids_of(web).values()} == {1}


def test_what_was_accepted_is_another_log_when_it_comes_again(web: Processes, proxy: FaultProxy, tenant: str) -> None:
    for _ in range(2):
        proxy.refuse("sqs")
        assert web.post("a log", content_type="text/plain", x_tenant_id=tenant).status == 503
        proxy.clear()
        assert web.post("a log", content_type="text/plain", x_tenant_id=tenant).status == 202

    assert [len(its) for its in ids_of(web).values()] == [2]
