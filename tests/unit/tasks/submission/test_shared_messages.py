"""Messages that several requests share, on the real queue."""

import pytest

from broker.transport.channel import ENVELOPE_BYTES
from broker.transport.sending import MessageTooLarge
from tasks.batch import MAX_REQUEST_ID_CHARACTERS, Batch, Log
from tasks.submission.group_commit import GroupCommit
from tasks.submission.shared_messages import QueueUnavailable, publish_batches
from tasks.submission.submit import submit
from tests.support.fault_proxy import FaultProxy
from tests.support.group_commit import LIMIT, Callers, Gate, get_results, make_batch
from tests.support.redact_messages import get_log_ids, make_incompressible, take_messages
from topology import MAX_MESSAGE_BYTES


def test_batches_share_a_message_with_all_their_logs_and_ids(network: FaultProxy, tenant: str) -> None:
    class Traced(Batch, frozen=True):
        traceparent: str = ""

    logs = (Log("a", "one"), Log("b", "two")), (Log("a", "another text under the same id"),), (Log("c", "three"),)
    group = [
        Traced(tenant, f"r{index}", own_logs, f"trace-{index}" if index else "") for index, own_logs in enumerate(logs)
    ]

    assert publish_batches(group) == [None, None, None]

    (message,) = take_messages()
    assert message.payload["tenant_id"] == tenant
    assert message.payload["request_id"] == "r0,r1,r2"
    assert message.payload["traceparent"] == "trace-1"
    assert [(log["log_id"], log["text"]) for log in message.payload["logs"]] == [
        ("a", "one"),
        ("b", "two"),
        ("a", "another text under the same id"),
        ("c", "three"),
    ]


def test_the_longest_joined_ids_fit_into_a_message(network: FaultProxy, tenant: str) -> None:
    calls = Gate(publish_batches)
    callers = Callers(GroupCommit(calls, LIMIT))
    long = [Batch(tenant, f"{number:03}".ljust(128, "x"), (Log(f"{number}", "text"),)) for number in range(90)]

    futures = callers.submit(*long)

    calls.passes.release(10)

    assert get_results(futures) == [None] * 90
    callers.close()
    assert max(len(message.payload["request_id"]) for message in take_messages()) <= MAX_REQUEST_ID_CHARACTERS
    full = MAX_REQUEST_ID_CHARACTERS // 129
    assert publish_batches(long[:full]) == [None] * full
    (message,) = take_messages()
    assert message.envelope_bytes < ENVELOPE_BYTES


def test_a_log_that_no_message_can_hold_fails_only_the_batch_that_it_is_in(network: FaultProxy, tenant: str) -> None:
    whole, large = make_batch(tenant, 1), make_batch(tenant, 2, "text", make_incompressible(MAX_MESSAGE_BYTES))

    errors = publish_batches([whole, large, make_batch(tenant, 3, "a", "b")])

    assert [type(error) for error in errors] == [type(None), MessageTooLarge, type(None)]
    assert get_log_ids(take_messages()) == ["1-0", "3-0", "3-1"]
    with pytest.raises(MessageTooLarge):
        submit(large)


def test_only_batches_with_a_refused_message_fail(network: FaultProxy, tenant: str) -> None:
    text = make_incompressible(600_000)  # two of them are too large for a message
    group = [make_batch(tenant, 1, text), make_batch(tenant, 2, text, text), make_batch(tenant, 3, text)]
    network.fail_entries("SendMessageBatch", every=2)

    errors = publish_batches(group)

    # The second message holds the first log of the second request, the fourth the third request.
    assert [type(error) for error in errors] == [type(None), QueueUnavailable, QueueUnavailable]
    assert errors[1] is not errors[2]
    assert get_log_ids(take_messages()) == ["1-0", "2-1"]


@pytest.mark.parametrize("opened", [True, False], ids=["connection open", "no connection yet"])
def test_an_sqs_that_refuses_fails_all_batches_and_later_ones_succeed(
    network: FaultProxy, tenant: str, opened: bool
) -> None:
    if opened:
        submit(make_batch(tenant, 0))
    network.status(503, "ServiceUnavailable", "sqs")

    errors = publish_batches([make_batch(tenant, 1), make_batch(tenant, 2)])
    assert [type(error) for error in errors] == [QueueUnavailable, QueueUnavailable]
    with pytest.raises(QueueUnavailable):
        submit(make_batch(tenant, 3))
    network.clear()
    submit(make_batch(tenant, 4))

    assert get_log_ids(take_messages()) == [*(["0-0"] if opened else []), "4-0"]
