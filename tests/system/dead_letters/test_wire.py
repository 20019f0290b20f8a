"""Format of messages on the wire, on every hop.

Messages use fair queues, compression and JSON; retries wait in SQS.
"""

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from broker.queues import sqs_client
from tests.support.outcome_lines import parse_outcome_lines
from tests.support.processes import Processes
from tests.support.waiting import wait_for


@pytest.fixture
def receive(processes: Processes, tenant: str) -> Callable[[str], dict[str, Any]]:
    """Make queues for the test; return a function that receives from one."""
    prefix = f"{tenant}-"
    processes.use_queues(prefix)
    processes.environment |= {"SLUICE_TASK_MAX_RETRIES": "1"}

    def take(queue: str) -> dict[str, Any]:
        sqs = sqs_client()
        url = sqs.get_queue_url(QueueName=prefix + queue)["QueueUrl"]
        answer: dict[str, Any] = wait_for(
            f"a message in {queue}",
            lambda: sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"]).get("Messages"),
        )[0]
        return answer

    return take


def post(processes: Processes, tenant: str) -> None:
    assert processes.post("QUOKKA", content_type="text/plain", x_tenant_id=tenant).status == 202


def test_web_publishes_a_compressed_batch_without_text_in_the_headers(
    processes: Processes, tenant: str, receive: Callable[[str], dict[str, Any]]
) -> None:
    processes.start("web")
    post(processes, tenant)

    message = receive("redact")

    assert message["Attributes"]["MessageGroupId"] == tenant
    envelope = json.loads(message["Body"])
    assert envelope["headers"]["compression"] == "application/x-gzip"
    assert envelope["content-type"] == "application/json"
    args, _, embed = json.loads(zlib.decompress(base64.b64decode(envelope["body"])))
    assert [log["text"] for log in args[0]["logs"]] == ["QUOKKA"]
    assert [step["task"] for step in embed["chain"]] == ["tasks.store.store"]
    assert "QUOKKA" not in json.dumps(envelope["headers"])
    assert envelope["headers"]["argsrepr"] == f"(1 log of tenant {tenant})"


def test_the_redact_worker_publishes_to_store_for_the_same_tenant(
    processes: Processes, tenant: str, receive: Callable[[str], dict[str, Any]]
) -> None:
    processes.start("web", "redact")
    post(processes, tenant)

    message = receive("store")

    assert message["Attributes"]["MessageGroupId"] == tenant
    headers = json.loads(message["Body"])["headers"]
    assert headers["argsrepr"] == f"(1 log of tenant {tenant})"
    assert headers["tenant_id"] == tenant


def test_a_retry_waits_in_sqs_and_then_becomes_a_dead_letter(
    processes: Processes, tenant: str, receive: Callable[[str], dict[str, Any]]
) -> None:
    processes.environment |= {"SLUICE_LOGS_TABLE": "no-such-table", "SLUICE_RETRY_MAX_DELAY_SECONDS": "3"}
    processes.start("web", "redact", "store")
    post(processes, tenant)
    wait_for("a retry", lambda: parse_outcome_lines(processes.log("store"), "again"))
    processes.stop()  # acks what it is done with

    retry = receive("store")

    assert retry["Attributes"]["MessageGroupId"] == tenant
    envelope = json.loads(retry["Body"])
    assert envelope["headers"]["retries"] == 1
    assert 1 <= envelope["properties"]["DelaySeconds"] <= 3
    assert envelope["headers"]["argsrepr"] == f"(1 log of tenant {tenant})"

    processes.start("store")

    dead = receive("failures")
    assert dead["Attributes"]["MessageGroupId"] == tenant
    assert json.loads(dead["Body"])["headers"]["argsrepr"] == f"(1 log of tenant {tenant})"


def test_a_retry_keeps_the_remaining_chain(
    processes: Processes, tenant: str, receive: Callable[[str], dict[str, Any]]
) -> None:
    processes.environment |= {"SLUICE_POLICIES_TABLE": "no-such-table", "SLUICE_RETRY_MAX_DELAY_SECONDS": "3"}
    processes.start("web", "redact")
    post(processes, tenant)
    wait_for("a retry", lambda: parse_outcome_lines(processes.log("redact"), "again"))
    processes.stop()  # acks what it is done with

    retry = receive("redact")

    assert retry["Attributes"]["MessageGroupId"] == tenant
    envelope = json.loads(retry["Body"])
    assert envelope["headers"]["retries"] == 1
    assert envelope["headers"]["tenant_id"] == tenant
    args, _, embed = json.loads(zlib.decompress(base64.b64decode(envelope["body"])))
    assert [log["text"] for log in args[0]["logs"]] == ["QUOKKA"]
    assert [step["task"] for step in embed["chain"]] == ["tasks.store.store"]
