"""The application's queues on the real engine."""

import json
import subprocess

from broker.queues import create_queues, get_queue_url, sqs_client
from local.engine import Engine
from settings import ROOT
from topology import MAX_RECEIVES


def attributes(queue: str) -> dict[str, str]:
    sqs = sqs_client()
    return dict(sqs.get_queue_attributes(QueueUrl=get_queue_url(sqs, queue), AttributeNames=["All"])["Attributes"])


def test_redact_and_store_redrive_into_failures(engine: Engine) -> None:
    failures = attributes("failures")

    for queue in ("redact", "store"):
        policy = json.loads(attributes(queue)["RedrivePolicy"])
        assert policy == {"deadLetterTargetArn": failures["QueueArn"], "maxReceiveCount": MAX_RECEIVES}
    assert "RedrivePolicy" not in failures
    assert failures["MessageRetentionPeriod"] == "1209600"


def test_creating_queues_again_updates_their_attributes(engine: Engine) -> None:
    sqs = sqs_client()
    sqs.set_queue_attributes(QueueUrl=get_queue_url(sqs, "redact"), Attributes={"VisibilityTimeout": "77"})

    names = create_queues()

    assert names == ["sluice-redact", "sluice-store", "sluice-failures"]
    assert attributes("redact")["VisibilityTimeout"] == "5"


def test_a_worker_creates_no_queue(engine: Engine, tenant: str) -> None:
    worker = subprocess.run(
        [ROOT / ".venv/bin/celery", "-A", "tasks", "worker", "-Q", "redact", "--pool", "solo"],
        env={"SLUICE_AWS_ENDPOINT_URL": engine.url, "SLUICE_QUEUE_PREFIX": f"{tenant}-", "AWS_REGION": "us-east-1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert worker.returncode != 0
    assert f"queue {tenant}-redact does not exist; create it: ./sluice broker create" in worker.stderr
    assert not sqs_client().list_queues(QueueNamePrefix=f"{tenant}-redact").get("QueueUrls")
