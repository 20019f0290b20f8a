"""Workers survive every kind of AWS outage without losing accepted logs."""

from collections.abc import Callable, Iterator

import pytest

from local.engine import Engine
from tests.support.fault_proxy import FaultProxy
from tests.support.outcome_lines import parse_outcome_lines
from tests.support.processes import Processes
from tests.support.waiting import wait_for
from tests.support.witness import NAMES, WORKERS, Witness

Fault = Callable[[FaultProxy], None]

POLLED_QUEUES = 2 * len(WORKERS)
"""Each worker polls a queue of tasks and one of remote control."""
SQS_IS_DOWN: dict[str, Fault] = {
    "refuses connections": lambda proxy: proxy.refuse("sqs"),
    "answers 500": lambda proxy: proxy.status(500, "InternalFailure", "sqs"),
    "answers 503": lambda proxy: proxy.status(503, "ServiceUnavailable", "sqs"),
    "answers 403": lambda proxy: proxy.status(403, "AccessDenied", "sqs"),
    "throttles": lambda proxy: proxy.status(400, "ThrottlingException", "sqs"),
    "hangs": lambda proxy: proxy.hang("sqs"),
}
DYNAMODB_IS_DOWN: dict[str, Fault] = {
    "refuses connections": lambda proxy: proxy.refuse("dynamodb"),
    "answers 500": lambda proxy: proxy.status(500, "InternalServerError", "dynamodb"),
    "answers 503": lambda proxy: proxy.status(503, "ServiceUnavailable", "dynamodb"),
    "answers 403": lambda proxy: proxy.status(403, "AccessDeniedException", "dynamodb"),
    "throttles": lambda proxy: proxy.status(400, "ProvisionedThroughputExceededException", "dynamodb"),
    "hangs": lambda proxy: proxy.hang("dynamodb"),
}
SNS_IS_DOWN: dict[str, Fault] = {
    "refuses connections": lambda proxy: proxy.refuse("sns"),
    "answers 503": lambda proxy: proxy.status(503, "ServiceUnavailable", "sns"),
    "answers 403": lambda proxy: proxy.status(403, "AuthorizationError", "sns"),
    "hangs": lambda proxy: proxy.hang("sns"),
}


@pytest.fixture(scope="module")
def proxy(engine: Engine) -> Iterator[FaultProxy]:
    with FaultProxy(engine.url) as running:
        yield running


@pytest.fixture(scope="module")
def outlasting(proxy: FaultProxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Start web, redact and store behind the proxy, once for all outages."""
    processes = Processes(tmp_path_factory.mktemp("outlasting"), proxy.url)
    try:
        processes.start(*NAMES)
        yield processes
    finally:
        proxy.clear()
        processes.stop()


@pytest.fixture
def witness(outlasting: Processes, proxy: FaultProxy, tenant: str) -> Iterator[Witness]:
    """Watch one outage; afterwards check that the same processes run."""
    pids = {name: outlasting.pid(name) for name in NAMES}
    yield Witness(outlasting, tenant)
    proxy.clear()
    assert all(outlasting.is_running(name) for name in NAMES), {name: outlasting.log(name) for name in NAMES}
    assert {name: outlasting.pid(name) for name in NAMES} == pids


@pytest.mark.parametrize("way", SQS_IS_DOWN)
def test_accepted_logs_are_stored_after_an_sqs_outage(way: str, proxy: FaultProxy, witness: Witness) -> None:
    for number in range(5):
        assert witness.post(f"before {number}") == 202

    SQS_IS_DOWN[way](proxy)
    assert witness.post("during") == 503
    for worker in WORKERS:
        wait_for(f"an outage in {worker}'s log", lambda worker=worker: f"polling {worker} fails" in witness.log(worker))
    polls = proxy.calls["ReceiveMessage"]
    wait_for("more failed polls", lambda: proxy.calls["ReceiveMessage"] >= polls + 2 * POLLED_QUEUES)
    proxy.clear()

    for worker in WORKERS:
        wait_for(f"its end in {worker}'s log", lambda worker=worker: f"polling {worker} works" in witness.log(worker))
    assert witness.post("after") == 202
    witness.wait_until_stored()
    for worker in WORKERS:
        log = witness.log(worker)
        assert log.count(f"polling {worker} fails") == log.count(f"polling {worker} works again") == 1


@pytest.mark.parametrize("way", DYNAMODB_IS_DOWN)
def test_accepted_logs_are_stored_after_a_dynamodb_outage(way: str, proxy: FaultProxy, witness: Witness) -> None:
    assert witness.post("before") == 202
    witness.wait_until_stored()  # from then on the redact worker has the tenant's policy in its cache

    DYNAMODB_IS_DOWN[way](proxy)
    for number in range(5):
        assert witness.post(f"during {number}") == 202
    wait_for("a retry in store's log", lambda: parse_outcome_lines(witness.log("store"), "again"))
    proxy.clear()

    assert witness.post("after") == 202
    witness.wait_until_stored()
    # No line if the last one is only a few seconds old.
    assert witness.log("store").count("storing in DynamoDB fails") <= 1
    for worker in WORKERS:
        assert f"polling {worker} fails" not in witness.log(worker)


@pytest.mark.parametrize("way", SNS_IS_DOWN)
def test_logs_are_stored_during_an_sns_outage(way: str, proxy: FaultProxy, witness: Witness) -> None:
    SNS_IS_DOWN[way](proxy)
    for number in range(5):
        assert witness.post(f"during {number}") == 202
    witness.wait_until_stored()
    proxy.clear()

    published = proxy.calls["Publish"]
    assert witness.post("after") == 202
    witness.wait_until_stored()
    wait_for("events that are published again", lambda: proxy.calls["Publish"] > published)
    for worker in WORKERS:
        assert f"polling {worker} fails" not in witness.log(worker)
