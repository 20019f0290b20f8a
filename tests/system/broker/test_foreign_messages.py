"""Messages that are no task of ours, received by a worker."""

import base64
import json
import zlib
from collections import Counter
from typing import Any

from broker.queues import sqs_client
from local.engine import Engine
from models import LogRecord
from tests.support.processes import Processes
from tests.support.queues import receive_twice
from tests.support.waiting import wait_for

PROPERTIES = {"delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "redact"}, "delivery_tag": "x"}


def envelope(body: str | bytes, content_type: object = "application/json", **headers: object) -> str:
    content = body if isinstance(body, bytes) else body.encode()
    message = {
        "body": base64.b64encode(content).decode(),
        "content-encoding": "utf-8",
        "content-type": content_type,
        "properties": PROPERTIES | {"body_encoding": "base64"},
    }
    return json.dumps(message | {"headers": headers})


def task(content: object = (["QUOKKA"], {}, {}), **headers: object) -> str:
    """Return a message for the redact task with a defect."""
    return envelope(json.dumps(content), **{"task": "tasks.redact.redact", "id": "1", **headers})


FOREIGN = [
    "QUOKKA is not even JSON",
    '{"QUOKKA": true}',
    '["QUOKKA"]',
    "null",
    "[" * 50_000 + "QUOKKA",
    json.dumps({"body": "QUOKKA", "headers": {"task": "tasks.redact.redact", "id": "1"}}),
    json.dumps({"body": "QUOKKA", "properties": PROPERTIES, "headers": 5}),
    json.dumps({"body": "QUOKKA", "properties": {**PROPERTIES, "body_encoding": "QUOKKA"}, "headers": {}}),
    json.dumps({"body": {"QUOKKA": 1}, "properties": PROPERTIES, "headers": {}}),
    envelope("QUOKKA"),
    envelope("[" * 50_000),
    envelope(b"QUOKKA\xff", task="tasks.redact.redact", id="1"),
    envelope("QUOKKA", "application/x-python-serialize", task="tasks.redact.redact", id="2"),
    envelope("QUOKKA", "QUOKKA/QUOKKA", task="tasks.redact.redact", id="2"),
    envelope("QUOKKA", ["QUOKKA"], task="tasks.redact.redact", id="2"),
    envelope("QUOKKA", compression="application/x-gzip", task="tasks.redact.redact", id="2"),
    envelope("QUOKKA", compression="QUOKKA", task="tasks.redact.redact", id="2"),
    task(task="no.such.task"),
    task(task=["QUOKKA"]),
    task(id=None),
    task(id=["QUOKKA"]),
    task(id={"QUOKKA": 1}),
    task([]),
    task({}),
    task(None),
    task("QUOKKA"),
    task([["QUOKKA"]]),
    task([["QUOKKA"], {}]),
    task([["QUOKKA"], {}, {}, "QUOKKA"]),
    task([["QUOKKA"], {}, "QUOKKA"]),
    task([["QUOKKA"], "QUOKKA", {}]),
    task([5, {}, {}]),
    task(expires="QUOKKA"),
    task(timelimit=["QUOKKA", "QUOKKA"]),
    task(timelimit="QUOKKA"),
    task(retries="QUOKKA"),
    task(retries={"QUOKKA": 1}),
    task(stamped_headers=["QUOKKA"], stamps="QUOKKA"),
    task([["QUOKKA"], {}, {"chain": "QUOKKA"}]),
    task([["QUOKKA"], {}, {"chain": [{"QUOKKA": 1}], "callbacks": "QUOKKA", "errbacks": 5, "chord": "QUOKKA"}]),
    task(lang="QUOKKA", shadow=["QUOKKA"], argsrepr=["x"], group=5, root_id=[5], origin={}),
]


# These can be taken, but are no batch.
FOREIGN_ARGUMENTS = [
    task(),
    task([[], {}, {}]),
    task([["QUOKKA", "QUOKKA"], {}, {}]),
    task([["QUOKKA"], {"QUOKKA": 1}, {}]),
    task([[{"tenant_id": "QUOKKA?", "logs": ["QUOKKA"]}], {}, {}]),
    task(eta="QUOKKA"),
    task(eta=["QUOKKA"]),
]


def test_foreign_messages_end_in_failures(engine: Engine, processes: Processes, tenant: str) -> None:
    prefix = f"{tenant}-"
    processes.use_queues(prefix)
    sqs = sqs_client()
    queue, failures = (sqs.get_queue_url(QueueName=prefix + name)["QueueUrl"] for name in ("redact", "failures"))
    receive_twice(prefix)
    processes.start("web", "redact", "store")
    worker = processes.pid("redact")
    for body in FOREIGN + FOREIGN_ARGUMENTS:
        sqs.send_message(QueueUrl=queue, MessageBody=body)

    assert processes.post("a real one", content_type="text/plain", x_tenant_id=tenant).status == 202

    wait_for("the real log in the table", lambda: LogRecord.for_tenant(tenant).records)
    found: list[str] = []

    def all_in_failures() -> bool:
        for message in sqs.receive_message(QueueUrl=failures, MaxNumberOfMessages=10).get("Messages", []):
            found.append(message["Body"])
            sqs.delete_message(QueueUrl=failures, ReceiptHandle=message["ReceiptHandle"])
        return len(found) >= len(FOREIGN + FOREIGN_ARGUMENTS)

    wait_for("every foreign message in failures", all_in_failures)
    missing = list((Counter(FOREIGN) - Counter(found)).elements())
    assert not missing
    explained = [json.loads(body) for body in found if body not in FOREIGN]
    assert {letter["headers"].get("reason") for letter in explained} == {"invalid_arguments"}
    assert sorted(get_arguments(letter) for letter in explained) == sorted(
        get_arguments(json.loads(body)) for body in FOREIGN_ARGUMENTS
    )
    assert processes.is_running("redact")
    assert worker == processes.pid("redact")
    assert "QUOKKA" not in processes.log("redact")
    assert "Traceback" not in processes.log("redact")
    assert "names the unknown task 'no.such.task'" in processes.log("redact")


def get_arguments(letter: dict[str, Any]) -> str:
    """Return positional and keyword arguments as a worker gets them."""
    content = base64.b64decode(letter["body"])
    if letter["headers"].get("compression"):
        content = zlib.decompress(content)
    return json.dumps(json.loads(content)[:2])
