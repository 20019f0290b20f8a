"""A log's text is in queues and tables, and nowhere else.

The test plants a marker in every kind of log, and looks for it in every output.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from broker.queues import sqs_client
from local.engine import Engine
from models import ApiKey, LogRecord, Tenant, TenantPolicy
from tests.support.event_dump import dump_events
from tests.support.failing_redactor import DIES, NEVER_ENDS, RAISES
from tests.support.outcome_lines import parse_outcome_lines
from tests.support.processes import Processes
from tests.support.queues import receive_twice
from tests.support.waiting import wait_for
from tests.system.ingest.test_bad_requests import BAD_REQUESTS

MARKER = "QUOKKA"
LOGIN = "operator:secret"
NAMES = ("web", "redact", "store", "flower")
# Replacement of each "z", so that a redacted log of many exceeds DynamoDB's item size.
LONG = "Z" * 30
LOGS = {
    "stored": f"{MARKER} called 555-123-4567",
    "conflict": f"{MARKER} is another text",
    "not_redacted": f"{MARKER} {RAISES}",
    "not_storable": f"{MARKER} {'z' * 6_500} {'x' * 110_000}",
    "worker_lost": f"{MARKER} {DIES}",
    "time_limit": f"{MARKER} {NEVER_ENDS}",
}
REASONS = ["conflict", "not_redacted", "not_storable", "too_many_receives", "too_many_receives", "unreadable"]


class Planted:
    """The running system with marked logs, and an operator's views of it."""

    def __init__(self, processes: Processes, tenant: str, events: Path) -> None:
        self.processes = processes
        self.tenant = tenant
        self._events = events
        self._key = str(ApiKey.add(tenant, ("ingest", "read", "admin")))
        self._flower = urllib3.PoolManager(headers=urllib3.make_headers(basic_auth=LOGIN))

    def send(self) -> None:
        """Send each log in its own request, and a foreign message.

        The request's id is the expected outcome of the log.
        """
        for name, text in ({"before": "the first"} | LOGS).items():
            log_id = "clash" if name in ("before", "conflict") else name
            body = json.dumps({"text": text, "log_id": log_id, "tenant_id": self.tenant})
            answer = self.processes.post(body, content_type="application/json", x_request_id=name)
            assert answer.status == 202, answer.data
            if name == "before":
                wait_for("the log whose id is taken", lambda: LogRecord.for_tenant(self.tenant).records)
        sqs = sqs_client()
        queue = sqs.get_queue_url(QueueName=self.processes.environment["SLUICE_QUEUE_PREFIX"] + "redact")["QueueUrl"]
        sqs.send_message(QueueUrl=queue, MessageBody=f"{MARKER} is no message of ours")

    def flask(self, *arguments: str) -> str:
        done = self.processes.sluice("failures", *arguments)
        return done.stdout + done.stderr

    def dead_letters(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.processes.sluice("failures", "list", "--json").stdout.splitlines()]

    def lines(self, outcome: str) -> list[dict[str, object]]:
        """Return the workers' log lines with this outcome."""
        logs = self.processes.log("redact") + self.processes.log("store")
        return parse_outcome_lines(logs, outcome)

    def shown(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the content of each output."""
        yield from ((f"log of {name}", self.processes.log(name)) for name in NAMES)
        yield "events", self._events.read_text()
        yield from self._shown_by_failures()
        yield from self._shown_by_web()
        yield from self._shown_by_flower()

    def _shown_by_failures(self) -> Iterator[tuple[str, str]]:
        letters = self.dead_letters()
        yield "list --json", json.dumps(letters)
        yield "list", self.flask("list")
        yield "show", self.flask("show", letters[0]["id"])
        yield "stats", self.flask("stats")
        yield "redrive", self.flask("redrive", "--all", "--dry-run")
        yield "headers", self._headers()
        key = {"x_api_key": self._key}
        listed = self.processes.get("/failures", **key)
        yield "GET /failures", listed.data.decode()
        for letter in listed.json()["failures"]:
            yield "GET /failures/ID", self.processes.get(f"/failures/{letter['id']}", **key).data.decode()
        for path in ("/failures/redrive", "/failures/discard"):
            body = json.dumps({"all": True, "dry_run": True})
            yield f"POST {path}", self.processes.post(body, path, **key).data.decode()

    def _headers(self) -> str:
        """Return the headers of the messages in the failure queue, as JSON."""
        sqs = sqs_client()
        name = self.processes.environment["SLUICE_QUEUE_PREFIX"] + "failures"
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        headers = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1).get(
            "Messages"
        ):
            bodies = [message["Body"] for message in messages if message["Body"].startswith("{")]
            headers += [json.loads(body)["headers"] for body in bodies]
        assert len(headers) >= len(REASONS) - 1
        return json.dumps(headers)

    def _shown_by_web(self) -> Iterator[tuple[str, str]]:
        for path in ("/metrics", "/openapi.json", "/docs", "/readyz", f"/{MARKER.lower()}"):
            yield path, self.processes.get(path).data.decode()
        for name, (body, headers, status, _) in BAD_REQUESTS.items():
            if MARKER.encode() not in body:
                continue
            answer = self.processes.post(body, **headers)
            assert answer.status == status
            yield name, f"{answer.headers} {answer.data.decode()}"
        for path in ("/v1/logs", "/loki/api/v1/push", "/services/collector", "/_bulk", "/api/v2/logs"):
            answer = self.processes.post(f'{{"{MARKER}": "{MARKER}', path, content_type="application/json")
            assert answer.status >= 400
            yield path, f"{answer.headers} {answer.data.decode()}"

    def _shown_by_flower(self) -> Iterator[tuple[str, str]]:
        tasks = self._get_flower("/api/tasks")
        workers = re.findall(r'"(\w+@[^"]+)"', self._get_flower("/api/workers?refresh=1"))
        assert {worker.partition("@")[0] for worker in workers} >= {"redact", "store"}
        paths = [
            "/",
            "/workers",
            "/workers?json=1",
            "/tasks",
            "/broker",
            "/metrics",
            "/api/workers",
            "/api/queues/length",
        ]
        paths += [f"/worker/{worker}" for worker in workers]
        paths += [f"/{page}/{task_id}" for task_id in json.loads(tasks) for page in ("task", "api/task/info")]
        columns = "order[0][column]=0&order[0][dir]=desc&columns[0][data]=received&search[value]="
        paths.append(f"/tasks/datatable?draw=1&start=0&length=1000&{columns}")
        yield "/api/tasks", tasks
        yield from ((f"Flower's {path}", self._get_flower(path)) for path in paths)

    def _get_flower(self, path: str) -> str:
        answer = self._flower.request("GET", f"http://127.0.0.1:{self.processes.flower_port}{path}")
        assert answer.status == 200, path
        return answer.data.decode()


@pytest.fixture(scope="module")
def planted(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    """Send all logs and messages, and wait until each has its outcome."""
    tenant = "planted"
    directory = tmp_path_factory.mktemp("planted")
    processes = Processes(
        directory,
        engine.url,
        SLUICE_TASK_TIME_LIMIT_SECONDS="4",
        SLUICE_FLOWER_BASIC_AUTH=LOGIN,
        SLUICE_LOG_LEVEL="DEBUG",
    )
    processes.commands["redact"] += " --include tests.support.failing_redactor"
    processes.use_queues("planted-")
    receive_twice("planted-")
    Tenant.add(tenant, tenant)
    TenantPolicy.put(tenant, json.dumps({"custom": [{"entity": LONG, "pattern": "z"}]}))
    events = directory / "events"
    try:
        processes.start(*NAMES)
        with dump_events(processes, events):
            planted = Planted(processes, tenant, events)
            planted.send()
            wait_for("all that fails in failures", lambda: len(planted.dead_letters()) == len(REASONS), every=2)
            yield planted
    finally:
        processes.stop()


def test_no_output_shows_the_text_in_a_log(planted: Planted) -> None:
    assert sorted(letter["reason"] for letter in planted.dead_letters()) == REASONS
    assert LogRecord.of(planted.tenant, "stored").modified_text == f"{MARKER} called [PHONE]"

    shown = dict(planted.shown())

    assert not [name for name, content in shown.items() if MARKER in content or MARKER.lower() in content]
    # The tenant's id shows that these outputs are about the marked logs.
    for name in ("log of redact", "log of store", "events", "list", "stats", "headers", "GET /failures", "/api/tasks"):
        assert planted.tenant in shown[name], name


@pytest.mark.parametrize(
    ("outcome", "request_id", "task", "expected"),
    [
        ("done", "stored", "tasks.store.store", {}),
        ("failed", "conflict", "tasks.store.store", {"level": "WARNING", "reasons": ["conflict"], "failed": 1}),
        ("failed", "not_storable", "tasks.store.store", {"reasons": ["not_storable"]}),
        ("failed", "not_redacted", "tasks.redact.redact", {"reasons": ["not_redacted"]}),
        ("worker_lost", "worker_lost", "tasks.redact.redact", {"level": "ERROR", "exception": "WorkerLostError"}),
        ("time_limit", "time_limit", "tasks.redact.redact", {"level": "ERROR", "exception": "TimeLimitExceeded"}),
    ],
)
def test_every_outcome_is_logged_with_the_ids_and_reasons(
    planted: Planted, outcome: str, request_id: str, task: str, expected: dict[str, object]
) -> None:
    lines = [line for line in planted.lines(outcome) if line["request_id"] == request_id and line["task"] == task]

    assert lines
    for line in lines:
        fixed = {"tenant_id": planted.tenant, "queue": task.rpartition(".")[2], "logs": 1, "attempt": 1}
        assert line.items() >= (expected | fixed).items()
        assert line["task_id"]
