"""Submission of batches from many threads, on the real queue."""

from concurrent.futures import ThreadPoolExecutor

from tasks.submission.group_commit import MAX_GROUP_BYTES, GroupCommit
from tasks.submission.shared_messages import QueueUnavailable, publish_batches
from tasks.submission.submit import submit
from tests.support.fault_proxy import FaultProxy
from tests.support.group_commit import LIMIT, Callers, get_results, make_batch
from tests.support.redact_messages import Message, get_log_ids, take_messages
from tests.support.waiting import wait_for


def test_many_threads_make_few_calls_and_publish_every_log_once(network: FaultProxy, tenant: str) -> None:
    network.delay_seconds = 0.05
    with ThreadPoolExecutor(32) as threads:
        list(threads.map(lambda number: submit(make_batch(tenant, number)), range(320)))

    # 32 threads have 16 requests under way and 16 that wait, or more in one and less in the other.
    assert network.calls["SendMessageBatch"] <= 320 / 4
    assert network.calls["SendMessage"] == 0
    # The last poll of a worker that has just ended may have been given one, which then comes back.
    taken: list[Message] = []
    wait_for("every log", lambda: taken.extend(take_messages()) or len(get_log_ids(taken)) >= 320)
    assert get_log_ids(taken) == sorted(f"{number}-0" for number in range(320))


def test_requests_that_wait_for_an_sqs_that_hangs_fail_with_the_first(network: FaultProxy, tenant: str) -> None:
    submit(make_batch(tenant, 0))
    network.hang("SendMessageBatch")
    before = network.calls["SendMessageBatch"]
    callers = Callers(GroupCommit(publish_batches, LIMIT))

    # Each would be a publish of its own.
    futures = callers.submit(*(make_batch(tenant, number, "x" * MAX_GROUP_BYTES) for number in range(1, 6)))

    assert get_results(futures) == [QueueUnavailable] * 5
    assert network.calls["SendMessageBatch"] == before + 2  # botocore tries twice
    callers.close()
