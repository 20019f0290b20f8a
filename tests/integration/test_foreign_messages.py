"""Messages that are no task of ours: the worker goes on, shows nothing of them, and SQS moves them to failures."""

import base64
import json

from broker.queues import sqs_client
from local.engine import Engine
from models import LogRecord
from tests.processes import Processes
from tests.waiting import wait_for


def envelope(body: str, content_type: str, **headers: str) -> str:
    properties = {"delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "redact"}, "delivery_tag": "x"}
    properties["body_encoding"] = "base64"
    encoded = base64.b64encode(body.encode()).decode()
    message = {"body": encoded, "content-encoding": "utf-8", "content-type": content_type}
    return json.dumps(message | {"headers": headers, "properties": properties})


FOREIGN = [
    "QUOKKA is not even JSON",
    '{"QUOKKA": true}',
    '["QUOKKA"]',
    envelope("QUOKKA", "application/json"),
    envelope('[["QUOKKA"], {}, {}]', "application/json", task="no.such.task", id="1"),
    envelope("QUOKKA", "application/x-python-serialize", task="tasks.redact.redact", id="2"),
]


def test_foreign_messages_end_in_failures(engine: Engine, processes: Processes, tenant: str) -> None:
    prefix = f"{tenant}-"
    processes.use_queues(prefix)
    sqs = sqs_client()
    queue, failures = (sqs.get_queue_url(QueueName=prefix + name)["QueueUrl"] for name in ("redact", "failures"))
    policy = json.loads(
        sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
    )
    sqs.set_queue_attributes(
        QueueUrl=queue,
        Attributes={"RedrivePolicy": json.dumps(policy | {"maxReceiveCount": 2}), "VisibilityTimeout": "2"},
    )
    processes.start("web", "redact", "store")
    for body in FOREIGN:
        sqs.send_message(QueueUrl=queue, MessageBody=body)

    assert processes.post("a real one", content_type="text/plain", x_tenant_id=tenant).status == 202

    wait_for("the real log in the table", lambda: LogRecord.for_tenant(tenant).records)
    found: set[str] = set()

    def all_in_failures() -> bool:
        for message in sqs.receive_message(QueueUrl=failures, MaxNumberOfMessages=10).get("Messages", []):
            found.add(message["Body"])
        return found == set(FOREIGN)

    wait_for("every foreign message in failures", all_in_failures)
    assert processes.is_running("redact")
    assert "QUOKKA" not in processes.log("redact")
    assert "names the unknown task 'no.such.task'" in processes.log("redact")
