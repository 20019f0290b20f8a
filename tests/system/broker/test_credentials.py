"""Credentials that expire: renewed unnoticed, or an outage like any other.

The endpoint is at 127.0.0.2, so boto3 looks for credentials as it does on AWS. Each process has a credentials endpoint
of its own.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from local.engine import Engine
from tests.support.credentials_server import RENEWED_AT_EVERY_CALL_SECONDS, CredentialsServer
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.support.waiting import wait_for
from tests.support.witness import NAMES, WORKERS, Witness

Servers = dict[str, CredentialsServer]

RENEWED_SOON_SECONDS = 15 * 60 + 1.0
"""Botocore asks for new keys from 15 minutes before the end on, and does without while they are not to be had."""
EXPIRED = -1.0

NO_NEW_KEYS: dict[str, Callable[[CredentialsServer], None]] = {
    "refuses connections": CredentialsServer.refuse,
    "hangs": CredentialsServer.hang,
}


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(CredentialsServer()) for name in NAMES}


@pytest.fixture(scope="module")
def proxy(engine: Engine, servers: Servers) -> Iterator[FaultProxy]:
    def takes_key(key_id: str, token: str) -> bool:
        return any(server.accepts(key_id, token) for server in servers.values())

    with FaultProxy(engine.url, "127.0.0.2", takes_key) as running:
        yield running


@pytest.fixture(scope="module")
def renewing(proxy: FaultProxy, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Start web, redact and store, with keys from `servers` only."""
    processes = Processes(tmp_path_factory.mktemp("renewing"), proxy.url, SLUICE_CONTROL_LEASE_SECONDS="5")
    try:
        for name in NAMES:
            processes.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = servers[name].url
            processes.start(name)
        yield processes
    finally:
        for server in servers.values():
            server.hand_out_keys()
        codes = processes.stop()
    assert set(codes.values()) == {0}, codes


@pytest.fixture
def witness(renewing: Processes, servers: Servers, tenant: str) -> Iterator[Witness]:
    """Watches one change of keys; afterwards the same processes run as before."""
    pids = {name: renewing.pid(name) for name in NAMES}
    watching = Witness(renewing, tenant)
    yield watching
    for server in servers.values():
        server.hand_out_keys()
    assert all(renewing.is_running(name) for name in NAMES), {name: renewing.log(name) for name in NAMES}
    assert {name: renewing.pid(name) for name in NAMES} == pids
    for name in NAMES:
        assert "Traceback" not in watching.log(name)


def test_keys_are_renewed_before_they_expire(servers: Servers, witness: Witness) -> None:
    _use_keys(servers, witness, seconds_left=6)

    def all_have_expired() -> bool:
        assert witness.post(f"with key {servers['web'].calls}") == 202
        return all(server.count_taken_and_expired() >= 3 for server in servers.values())

    wait_for("keys that expired", all_have_expired)
    assert witness.post("after they expired") == 202
    witness.wait_until_stored()
    for name in NAMES:
        assert "WARNING" not in witness.log(name)
        assert "ERROR" not in witness.log(name)


@pytest.mark.parametrize("fault", NO_NEW_KEYS)
def test_processes_outlive_a_time_without_new_keys(fault: str, servers: Servers, witness: Witness) -> None:
    _use_keys(servers, witness)

    for server in servers.values():
        NO_NEW_KEYS[fault](server)
        server.expire_all()
    assert witness.post("during") == 503
    wait_for("failed polls", lambda: all(_count_outages(witness.log(worker)) for worker in WORKERS))
    for server in servers.values():
        server.hand_out_keys()

    wait_for("an accepted log", lambda: witness.post("after") == 202)
    _wait_until_recovered(witness, *WORKERS)


def test_web_outlives_new_keys_that_have_expired(servers: Servers, witness: Witness) -> None:
    _use_keys(servers, witness)

    servers["web"].hand_out_keys(EXPIRED)
    assert witness.post("during") == 503
    servers["web"].hand_out_keys()

    wait_for("an accepted log", lambda: witness.post("after") == 202)
    _wait_until_recovered(witness)


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_outlives_new_keys_that_have_expired(worker: str, servers: Servers, witness: Witness) -> None:
    _use_keys(servers, witness)

    # The worker's long poll is signed already, so it receives logs that it can neither pass on nor store.

    servers[worker].hand_out_keys(EXPIRED)
    for number in range(5):
        assert witness.post(f"during {number}") == 202
    wait_for("failed polls", lambda: _count_outages(witness.log(worker)))
    servers[worker].hand_out_keys()

    assert witness.post("after") == 202
    _wait_until_recovered(witness, worker)


def test_old_keys_are_used_until_aws_refuses_them(servers: Servers, witness: Witness) -> None:
    # Redact is left out: one of its pool processes may have no task, and keep its keys from before the test.
    _use_keys(servers, witness, seconds_left=RENEWED_SOON_SECONDS)
    witness.wait_until_stored()

    for name in ("web", "store"):
        servers[name].fail()
    assert witness.post("with old keys") == 202
    witness.wait_until_stored()
    wait_for("a try to renew them", lambda: "renewing AWS credentials fails" in witness.log("store"))
    assert not _count_outages(witness.log("store"))
    for name in ("web", "store"):
        servers[name].expire_all()
    assert witness.post("during") == 503
    wait_for("failed polls", lambda: "(status 403)" in witness.log("store"))
    for name in ("web", "store"):
        servers[name].hand_out_keys()

    wait_for("an accepted log", lambda: witness.post("after") == 202)
    _wait_until_recovered(witness, "store")


def _use_keys(servers: Servers, witness: Witness, seconds_left: float = RENEWED_AT_EVERY_CALL_SECONDS) -> None:
    """Wait until every process has made several calls with such keys."""
    for server in servers.values():
        server.hand_out_keys(seconds_left)
        server.taken.clear()

    def all_have_used_them() -> bool:
        assert witness.post(f"before {len(witness.accepted)}") == 202
        return all(len(server.taken) >= 3 for server in servers.values())

    wait_for("keys in use", all_have_used_them)


def _wait_until_recovered(witness: Witness, *workers: str) -> None:
    """Wait until the workers' outages are over and everything is stored.

    Each of their queues had one outage.
    """
    for worker in workers:
        wait_for(f"the end in {worker}'s log", lambda worker=worker: _is_over(witness.log(worker)))
        assert set(_count_outages(witness.log(worker)).values()) == {1}
    witness.wait_until_stored()


def _count_outages(log: str) -> Counter[str]:
    """Return how many outages began, by polled queue."""
    return Counter(re.findall(r"polling (\S+) fails", log))


def _is_over(log: str) -> bool:
    return _count_outages(log) == Counter(re.findall(r"polling (\S+) works again", log))
