"""Control queues: deleted with their owner, or swept after it was killed."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from broker.control.leases import PREFIX_TAG
from broker.control.names import is_control_queue
from broker.queues import sqs_client
from local.engine import Engine
from settings import ROOT
from tests.support.processes import Processes
from tests.support.waiting import wait_for

TWO_CALLS = """
from tasks.application import app
for _ in range(2):
    assert len(app.control.inspect(timeout=5, limit=1).ping() or {}) == 1
print("answered twice")
"""

# What a process finds that was frozen when it had subscribed its queue and not yet noted that.
SWEPT_MEANWHILE = """
import time
from celery.events.event import event_exchange
from kombu import Queue
from broker.control.leases import leases
from broker.queues import sqs_client
from tasks.application import app
note = leases.record_subscription

def frozen(name, *arguments):
    leases.record_subscription = note
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)
    channel.fanout.get_client().unsubscribe(SubscriptionArn=arguments[-1])
    while {is_made_again_first} and name not in str(sqs.list_queues(QueueNamePrefix=name)):
        time.sleep(0.1)
    return note(name, *arguments)

sqs = sqs_client()
leases.record_subscription = frozen
with app.connection_for_read() as connection:
    channel = connection.default_channel
    queue = Queue("celeryev-frozen", event_exchange)(channel)
    queue.declare()
    channel._subscribe_until_done(queue.name)
    url = sqs.get_queue_url(QueueName=channel.canonical_queue_name(queue.name))["QueueUrl"]
    connection.Producer(exchange=event_exchange).publish({{"type": "x"}}, retry=False)
    print(len(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", [])), "received")
"""


@dataclass(frozen=True)
class Deployment:
    """Sluice under a prefix of its own, with leases of 5 s."""

    prefix: str
    processes: Processes
    engine: Engine

    def run(self, *command: str, may_fail: bool = False) -> str:
        """Run a command and return its standard output."""
        process = self.begin(*command)
        output = process.communicate(timeout=60)[0]
        assert may_fail or process.returncode == 0, output
        return output

    def begin(self, *command: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(command, env=self.processes.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def broker(self, *arguments: str) -> str:
        return self.run(sys.executable, "-m", "flask", "--app", "webapp", "broker", *arguments)

    def python(self, source: str) -> str:
        return self.run(sys.executable, "-c", source)

    def create(self, name: str, **tags: str) -> str:
        """Create a queue under the prefix; return its full name."""
        sqs_client().create_queue(QueueName=self.prefix + name, tags=tags)
        return self.prefix + name

    def queues(self) -> set[str]:
        urls = sqs_client().list_queues(QueueNamePrefix=self.prefix).get("QueueUrls", [])
        return {url.rsplit("/", 1)[-1] for url in urls}

    def control_queues(self) -> set[str]:
        return {name for name in self.queues() if is_control_queue(name, self.prefix)}

    def get_control_queue(self, worker: str) -> str:
        """Wait for the worker's only control queue; return its name."""
        begin = f"{self.prefix}{worker}_"
        (name,) = wait_for(
            f"control queue of {worker}", lambda: [name for name in self.control_queues() if name.startswith(begin)]
        )
        return name

    def get_subscribed(self) -> set[str]:
        """Return the names of the queues subscribed to the two topics."""
        sns: Any = boto3.client(
            "sns", "us-east-1", endpoint_url=self.engine.url, aws_access_key_id="sluice", aws_secret_access_key="sluice"
        )
        pages = sns.get_paginator("list_subscriptions").paginate()
        names = (found["Endpoint"].rsplit(":", 1)[-1] for page in pages for found in page["Subscriptions"])
        return {name for name in names if name.startswith(self.prefix)}

    def sweep_by_command(self, *arguments: str) -> set[str]:
        """Sweep by command; return the deleted queues."""
        return set(re.findall(r"^deleted queue (\S+)$", self.broker("sweep", *arguments), re.MULTILINE))

    def ping(self) -> set[str]:
        """Return the workers that reply, without their hosts."""
        command = [str(ROOT / ".venv/bin/celery"), "-A", "tasks", "inspect", "ping", "--timeout", "3", "--json"]
        answer = self.run(*command, may_fail=True)
        return {name.split("@")[0] for name in json.loads(answer)} if answer.startswith("{") else set()


def count_tasks_in_flower(processes: Processes) -> int:
    """Return how many tasks Flower has had events of."""
    columns = "order[0][column]=0&order[0][dir]=desc&columns[0][data]=received"
    page = processes.get_flower(f"/tasks/datatable?draw=1&start=0&length=10&search[value]=&{columns}")
    return int(page.json()["recordsTotal"])


@pytest.fixture
def deployment(engine: Engine, tenant: str, tmp_path: Path) -> Iterator[Deployment]:
    processes = Processes(
        tmp_path,
        engine.url,
        SLUICE_QUEUE_PREFIX=f"{tenant}-",
        SLUICE_CONTROL_LEASE_SECONDS="5",
        SLUICE_LOG_LEVEL="INFO",
    )
    deployment = Deployment(f"{tenant}-", processes, engine)
    deployment.broker("create")
    try:
        yield deployment
    finally:
        processes.stop()


def test_a_clean_stop_deletes_control_queues_and_subscriptions(deployment: Deployment) -> None:
    deployment.processes.start("redact", "flower")
    wait_for("Flower's event queue", lambda: any("celeryev" in name for name in deployment.get_subscribed()))
    assert deployment.ping() == {"redact"}
    assert deployment.get_control_queue("redact") in deployment.get_subscribed()

    codes = deployment.processes.stop()

    assert set(codes.values()) == {0}
    assert deployment.control_queues() == set()
    assert deployment.get_subscribed() == set()
    assert deployment.queues() == {deployment.prefix + name for name in ("redact", "store", "failures")}


def test_the_command_sweeps_a_killed_worker_and_spares_the_living(deployment: Deployment) -> None:
    deployment.processes.start("redact", "flower")
    wait_for("Flower's event queue", lambda: any("celeryev" in name for name in deployment.get_subscribed()))
    dead = deployment.get_control_queue("redact")
    deployment.processes.kill("redact")
    flowers = deployment.control_queues() - {dead}

    assert wait_for("swept queue", deployment.sweep_by_command) == {dead}

    assert flowers <= deployment.control_queues()
    assert dead not in deployment.control_queues() | deployment.get_subscribed()
    deployment.processes.start("redact", "web")
    assert deployment.get_control_queue("redact") != dead
    assert deployment.sweep_by_command("--older-than", "0") == set()
    assert wait_for("answer", deployment.ping) == {"redact"}
    assert deployment.processes.post("a log", content_type="text/plain", x_tenant_id="acme").status == 202
    wait_for("task that Flower sees", lambda: count_tasks_in_flower(deployment.processes) == 1)


def test_workers_sweep_without_being_asked(deployment: Deployment) -> None:
    deployment.processes.start("redact", "store")
    dead = deployment.get_control_queue("redact")
    deployment.processes.kill("redact")

    wait_for("sweep by the other worker", lambda: dead not in deployment.control_queues())

    wait_for("end of the subscription", lambda: dead not in deployment.get_subscribed())
    assert deployment.ping() == {"store"}


def test_a_frozen_worker_takes_the_swept_queue_back(deployment: Deployment) -> None:
    deployment.processes.start("redact")
    frozen = deployment.get_control_queue("redact")
    os.kill(deployment.processes.pid("redact"), signal.SIGSTOP)
    try:
        assert wait_for("swept queue", deployment.sweep_by_command) == {frozen}
    finally:
        os.kill(deployment.processes.pid("redact"), signal.SIGCONT)

    assert wait_for("answer", deployment.ping) == {"redact"}
    assert deployment.get_control_queue("redact") == frozen
    assert deployment.processes.stop() == {"redact": 0}
    assert deployment.control_queues() | deployment.get_subscribed() == set()


@pytest.mark.parametrize("is_made_again_first", [True, False])
def test_a_queue_swept_during_the_subscription_gets_events(deployment: Deployment, is_made_again_first: bool) -> None:
    source = SWEPT_MEANWHILE.format(is_made_again_first=is_made_again_first)

    assert deployment.python(source) == "1 received\n"


def test_a_caller_gets_answers_to_a_second_call(deployment: Deployment) -> None:
    deployment.processes.start("store")

    assert deployment.python(TWO_CALLS) == "answered twice\n"


def test_a_queue_without_a_lease_is_swept_by_age(deployment: Deployment) -> None:
    names = ("celeryev-1", "vm-celery-pidbox", "1-reply-celery-pidbox")
    old = {deployment.create(name) for name in names}

    assert deployment.sweep_by_command("--older-than", "3600") == set()
    assert deployment.sweep_by_command("--older-than", "0") == old


def test_foreign_queues_are_not_swept(deployment: Deployment) -> None:
    deployment.create("other-vm-celery-pidbox", **{PREFIX_TAG: f"{deployment.prefix}other-"})
    deployment.create("pidbox")
    before = deployment.queues()

    assert deployment.sweep_by_command("--older-than", "0") == set()
    assert deployment.queues() == before


def test_a_sweep_reads_every_page(deployment: Deployment) -> None:
    old = {deployment.create(f"celeryev-{number}") for number in range(5)}

    deployment.python("from broker.control.sweep import sweep; sweep(0, page=2)")

    assert not old & deployment.queues()


def test_concurrent_sweeps_do_not_fail(deployment: Deployment) -> None:
    old = {deployment.create(f"celeryev-{number}") for number in range(5)}
    command = [sys.executable, "-m", "flask", "--app", "webapp", "broker", "sweep", "--older-than", "0"]

    sweeps = [deployment.begin(*command) for _ in range(2)]

    outputs = [sweep.communicate(timeout=60)[0] for sweep in sweeps]
    assert [sweep.returncode for sweep in sweeps] == [0, 0], outputs
    assert not old & deployment.queues()
