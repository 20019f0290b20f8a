"""`celery control` over SQS and SNS, with the Procfile's workers."""

from collections.abc import Iterator

import pytest

from broker.queues import sqs_client
from local.engine import Engine
from models import LogRecord
from tests.support.processes import Processes
from tests.support.waiting import wait_for
from tests.system.broker.test_inspect import (
    ANSWER_SECONDS,
    REDACT,
    STORE,
    UNAVAILABLE,
    celery,
    inspect,
    wait_until_answering,
)

PREFIX = "controlled-"


@pytest.fixture(scope="module")
def workers(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """web, redact and store, with queues of their own."""
    processes = Processes(tmp_path_factory.mktemp("controlled"), engine.url)
    try:
        processes.use_queues(PREFIX)
        processes.start("web", "redact", "store")
        wait_until_answering(processes, REDACT, STORE)
        yield processes
    finally:
        codes = processes.stop()
    assert set(codes.values()) == {0}, codes


def control(processes: Processes, worker: str, command: str, *arguments: str) -> str:
    """Run `celery control` and return one worker's reply."""
    code, output = celery(
        processes, "control", command, *arguments, "--destination", worker, "--timeout", str(ANSWER_SECONDS)
    )
    assert code == 0, output
    heading, _, answer = output.partition("\n")
    assert heading == f"->  {worker}: OK", output
    return answer.strip()


def get_pool_size(processes: Processes) -> int:
    """Return the number of pool processes of the redact worker."""
    return len(inspect(processes, "stats", REDACT)[REDACT]["pool"]["processes"])


def count_visible(queue: str) -> int:
    """Return the number of visible messages."""
    sqs = sqs_client()
    url = sqs.get_queue_url(QueueName=PREFIX + queue)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"])


def post(processes: Processes, tenant: str, *texts: str) -> None:
    for text in texts:
        assert processes.post(text, content_type="text/plain", x_tenant_id=tenant).status == 202


def stored(tenant: str) -> set[str]:
    return {record.original_text for record in LogRecord.for_tenant(tenant).records}


def test_a_pool_that_grew_and_shrank_still_works(workers: Processes, tenant: str) -> None:
    before = get_pool_size(workers)

    assert control(workers, REDACT, "pool_grow", "2") == "pool will grow"
    wait_for("a larger pool", lambda: get_pool_size(workers) == before + 2)
    post(workers, tenant, *(f"grown {number}" for number in range(8)))
    wait_for("8 logs stored", lambda: len(stored(tenant)) == 8)

    assert control(workers, REDACT, "pool_shrink", "2") == "pool will shrink"
    wait_for("the pool as it was", lambda: get_pool_size(workers) == before)
    post(workers, tenant, *(f"shrunk {number}" for number in range(8)))
    wait_for("8 more logs stored", lambda: len(stored(tenant)) == 16)


def test_a_rate_limit_shows_with_the_task(workers: Processes) -> None:
    answer = control(workers, STORE, "rate_limit", "tasks.store.store", "50/m")
    limited = inspect(workers, "registered", REDACT, STORE)
    control(workers, STORE, "rate_limit", "tasks.store.store", "0")

    assert answer == "new rate limit set successfully"
    assert "tasks.store.store [rate_limit=50/m]" in limited[STORE]
    assert "tasks.store.store" in limited[REDACT]


def test_a_cancelled_queue_keeps_logs_until_it_is_added_again(workers: Processes, tenant: str) -> None:
    assert control(workers, STORE, "cancel_consumer", "store") == "no longer consuming from store"
    wait_for("no active queue", lambda: inspect(workers, "active_queues", STORE) == {STORE: []})
    post(workers, tenant, "kept", "kept too")
    wait_for("both logs in their queue", lambda: count_visible("store") == 2)
    assert not stored(tenant)

    assert control(workers, STORE, "add_consumer", "store") == "add consumer store"

    wait_for("both logs stored", lambda: stored(tenant) == {"kept", "kept too"})
    assert [queue["name"] for queue in inspect(workers, "active_queues", STORE)[STORE]] == ["store"]


def test_a_queue_that_does_not_exist_is_not_added(workers: Processes) -> None:
    control(workers, STORE, "add_consumer", "nowhere")

    wait_for("a line about it", lambda: f"can't consume from nowhere: queue {PREFIX}nowhere" in workers.log("store"))
    assert [queue["name"] for queue in inspect(workers, "active_queues", STORE)[STORE]] == ["store"]


def test_a_worker_takes_over_the_queue_that_another_worker_had(workers: Processes, tenant: str) -> None:
    control(workers, STORE, "cancel_consumer", "store")

    control(workers, REDACT, "add_consumer", "store")

    wait_for("two active queues", lambda: len(inspect(workers, "active_queues", REDACT)[REDACT]) == 2)
    post(workers, tenant, "taken on")
    wait_for("the log stored", lambda: stored(tenant) == {"taken on"})
    assert f"of tenant {tenant})" not in workers.log("store")
    control(workers, REDACT, "cancel_consumer", "store")
    control(workers, STORE, "add_consumer", "store")


def test_shutdown_ends_one_worker(processes: Processes) -> None:
    processes.use_queues("shut-")
    processes.start("redact", "store")
    wait_until_answering(processes, REDACT, STORE)

    # Nobody is left to answer, as with any broker.
    code, output = celery(processes, "control", "shutdown", "--destination", STORE, "--timeout", "1")

    assert (code, output.strip()) == (UNAVAILABLE, "Error: No nodes replied within time constraint")
    wait_for("an end of store", lambda: not processes.is_running("store"))
    assert inspect(processes, "ping", REDACT) == {REDACT: {"ok": "pong"}}
    assert processes.stop() == {"redact": 0, "store": 0}
