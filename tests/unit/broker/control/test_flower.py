"""The login, the options and the broker page of Flower."""

import asyncio
import subprocess
import uuid
from pathlib import Path

import pytest
from flower.views import BaseHandler
from pydantic import ValidationError

from broker.control import flower
from broker.queues import get_queue_url, sqs_client
from local.engine import Engine
from settings import ROOT, Settings
from tests.support.processes import COMMANDS, Processes


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        COMMANDS["flower"],
        shell=True,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "sluice.example", ""])
def test_flower_does_not_start_without_a_login_beyond_loopback(tmp_path: Path, host: str) -> None:
    # Nothing is there to connect to, and no address to bind: it has to refuse before it tries either.
    environment = Processes(tmp_path, "http://127.0.0.1:9").environment | {"SLUICE_HOST": host}

    done = start(environment)

    assert done.returncode == 1
    assert f"SLUICE_HOST={host} is not loopback: set SLUICE_FLOWER_BASIC_AUTH=user:password" in done.stderr


@pytest.mark.parametrize("login", ["operator", "operator:", ":hunter2", "a:hunter2,b:hunter2", "operator:hünter2"])
def test_a_wrong_login_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    monkeypatch.setenv("SLUICE_FLOWER_BASIC_AUTH", login)

    with pytest.raises(ValidationError, match="flower_basic_auth") as refused:
        Settings()

    assert "nter2" not in str(refused.value)


def test_the_login_is_not_shown_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_FLOWER_BASIC_AUTH", "operator:hunter2")

    assert "hunter2" not in repr(Settings())


def test_another_flower_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(BaseHandler, flower.BROKER_HOOK)

    with pytest.raises(flower.CannotStart, match="no get_broker"):
        flower.use_sqs_broker()


def test_queue_lengths_tell_ready_from_unacknowledged(engine: Engine) -> None:
    sqs = sqs_client()
    url = get_queue_url(sqs, "failures")
    before = failures()
    bodies = {uuid.uuid4().hex for _ in range(2)}
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    (taken,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, VisibilityTimeout=60)["Messages"]
    try:
        after = failures()
    finally:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=taken["ReceiptHandle"], VisibilityTimeout=0)
        while bodies:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1)
            for message in answer.get("Messages", []):
                if message["Body"] in bodies:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    bodies.remove(message["Body"])

    assert after["messages"] == before["messages"] + 2
    assert after["messages_ready"] == before["messages_ready"] + 1
    assert after["messages_unacknowledged"] == before["messages_unacknowledged"] + 1


def failures() -> dict[str, int]:
    rows = asyncio.run(flower.SqsBroker().queues(["redact"]))
    assert [row["name"] for row in rows] == ["redact", "store", "failures"]
    return rows[2]
