"""Group commit in the running web process, also while it stops."""

import json
import signal
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from os import kill
from pathlib import Path

import pytest
import urllib3

from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.support.queues import payload, take_all
from tests.support.waiting import wait_for
from topology import REDACT_QUEUE

CLIENTS = 32


@pytest.fixture
def web(web_behind: Processes) -> Processes:
    return web_behind


class Clients:
    """CLIENTS threads, each with a connection of its own."""

    def __init__(self, web: Processes, tenant: str) -> None:
        self._url = f"http://127.0.0.1:{web.web_port}/ingest"
        self._tenant = tenant
        self._http = urllib3.PoolManager(maxsize=CLIENTS, retries=False, timeout=urllib3.Timeout(60))
        self._threads = ThreadPoolExecutor(CLIENTS)

    def post(self, count: int, tenants: int = 1) -> dict[str, "Future[int]"]:
        """Start to post `count` logs; return future statuses by log id."""
        return {
            f"log-{number}": self._threads.submit(self._post, f"log-{number}", f"{self._tenant}-{number % tenants}")
            for number in range(count)
        }

    def _post(self, log_id: str, tenant: str) -> int:
        body = json.dumps({"tenant_id": tenant, "log_id": log_id, "text": f"QUOKKA {log_id}"})
        headers = {"Content-Type": "application/json"}
        return self._http.request("POST", self._url, body=body, headers=headers).status


@pytest.fixture
def clients(web: Processes, tenant: str) -> Clients:
    return Clients(web, tenant)


def take_queued_logs(web: Processes) -> list[dict[str, str]]:
    """Take all logs off the queue, and return each with the tenant."""
    found = []
    for message in take_all(REDACT_QUEUE, web.environment["SLUICE_QUEUE_PREFIX"]):
        batch = payload(message)
        assert message["Attributes"]["MessageGroupId"] == batch["tenant_id"]
        found += [log | {"tenant_id": batch["tenant_id"]} for log in batch["logs"]]
    return found


def test_the_logs_from_many_clients_are_queued_once_in_few_calls(
    web: Processes, proxy: FaultProxy, clients: Clients
) -> None:
    proxy.delay_seconds = 0.05

    posted = clients.post(640)

    assert Counter(status.result() for status in posted.values()) == {202: 640}
    assert proxy.calls["SendMessage"] + proxy.calls["SendMessageBatch"] <= 640 / 4
    assert sorted(log["log_id"] for log in take_queued_logs(web)) == sorted(posted)


def test_tenants_share_no_message(web: Processes, proxy: FaultProxy, clients: Clients, tenant: str) -> None:
    proxy.delay_seconds = 0.05

    posted = clients.post(320, tenants=4)

    assert {status.result() for status in posted.values()} == {202}
    owners = {log["log_id"]: log["tenant_id"] for log in take_queued_logs(web)}
    assert owners == {f"log-{number}": f"{tenant}-{number % 4}" for number in range(320)}


def test_a_stopping_web_process_publishes_waiting_logs(web: Processes, proxy: FaultProxy, clients: Clients) -> None:
    clients.post(1)["log-0"].result()
    calls = proxy.calls["SendMessageBatch"]
    proxy.delay_seconds = 2  # so that all clients have come when the first publish ends
    posted = clients.post(CLIENTS)
    wait_for("a publish", lambda: proxy.calls["SendMessageBatch"] > calls)
    wait_for("every client", lambda: count_connections(web) >= CLIENTS)
    assert web.get("/healthz").status == 200  # came after them, so theirs are being worked on

    kill(web.pid("web"), signal.SIGTERM)
    statuses = {log_id: status.result() for log_id, status in posted.items()}

    assert set(statuses.values()) == {202}
    wait_for("its end", lambda: not web.is_running("web"))
    assert web.stop() == {"web": 0}
    assert {log["log_id"] for log in take_queued_logs(web)} == set(posted)
    assert "QUOKKA" not in web.log("web")


def count_connections(web: Processes) -> int:
    """Count the clients that are connected to web's port."""
    port = f":{web.web_port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(line[1].endswith(port) and line[3] == "01" for line in lines)


def test_a_log_that_sqs_refuses_gets_503_and_the_others_202(
    web: Processes, proxy: FaultProxy, clients: Clients
) -> None:
    proxy.delay_seconds = 0.05
    proxy.fail_entries("SendMessageBatch", every=2)

    statuses = {log_id: status.result() for log_id, status in clients.post(320).items()}

    assert set(statuses.values()) == {202, 503}
    accepted = sorted(log_id for log_id, status in statuses.items() if status == 202)
    assert sorted(log["log_id"] for log in take_queued_logs(web)) == accepted


@pytest.mark.parametrize("web_behind", [{"SLUICE_MAX_WAITING_BYTES": "1200"}], indirect=True, ids=["two logs may wait"])
def test_a_request_beyond_the_waiting_bytes_gets_503_at_once(
    web: Processes, proxy: FaultProxy, clients: Clients, tenant: str
) -> None:
    assert clients.post(1)["log-0"].result() == 202
    proxy.hang("SendMessageBatch")

    posted = clients.post(CLIENTS)

    wait_for("refusals", lambda: sum(status.done() for status in posted.values()) == CLIENTS - 2)
    assert proxy.calls["SendMessageBatch"] >= 2
    assert {status.result() for status in posted.values()} == {503}
    assert web.log("web").count("too many bytes of this tenant wait") == CLIENTS - 2
    proxy.clear()
    answer = web.post("text", content_type="text/plain", x_tenant_id=tenant)
    assert answer.status == 202
