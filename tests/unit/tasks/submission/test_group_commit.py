"""Group commit: requests that arrive during their tenant's publish leave together."""

from collections.abc import Iterator, Sequence

import pytest

from tasks.batch import Batch
from tasks.submission.group_commit import MAX_GROUP_BYTES, MAX_GROUP_LOGS, GroupCommit, QueueFull, estimate_size
from tasks.submission.shared_messages import QueueUnavailable
from tests.support.group_commit import LIMIT, Callers, Gate, get_results, make_batch
from tests.support.waiting import wait_for


@pytest.fixture
def gate() -> Iterator[Gate]:
    mine = Gate()
    yield mine
    mine.passes.release(1_000)


def test_a_request_without_others_under_way_is_published_at_once(gate: Gate, tenant: str) -> None:
    gate.passes.release(2)
    group_commit = GroupCommit(gate, LIMIT)

    group_commit.submit(make_batch(tenant, 1))
    group_commit.submit(make_batch(tenant, 2))

    assert gate.groups == [["request-1"], ["request-2"]]
    assert group_commit.waiting_bytes == 0


def test_requests_that_arrive_during_a_publish_leave_together_in_order(gate: Gate, tenant: str) -> None:
    callers = Callers(GroupCommit(gate, LIMIT))
    first = callers.submit(make_batch(tenant, 0))
    others = callers.submit(*(make_batch(tenant, number) for number in range(1, 30)))
    assert not any(future.done() for future in (*first, *others))

    gate.passes.release()
    assert get_results(first) == [None]
    wait_for("the next publish", lambda: len(gate.groups) == 2)
    # The first caller is not kept for the others, and they have no answer before their own publish.
    assert not any(future.done() for future in others)
    gate.passes.release()

    assert get_results(others) == [None] * 29
    assert gate.groups == [["request-0"], [f"request-{number}" for number in range(1, 30)]]
    callers.close()


def test_tenants_do_not_wait_for_one_another(gate: Gate, tenant: str) -> None:
    slow = Gate()
    callers = Callers(GroupCommit(lambda batches: (slow if batches[0].tenant_id == tenant else gate)(batches), LIMIT))
    stuck = callers.submit(make_batch(tenant, 0), make_batch(tenant, 1))

    gate.passes.release()
    assert get_results(callers.submit(make_batch(f"{tenant}-other", 2))) == [None]
    assert not any(future.done() for future in stuck)

    slow.passes.release(2)
    assert get_results(stuck) == [None, None]
    callers.close()


@pytest.mark.parametrize(
    ("texts", "groups"),
    [
        pytest.param(["x"] * (MAX_GROUP_LOGS // 4), [1, 4, 4, 1], id="logs"),
        pytest.param(["x" * (MAX_GROUP_BYTES // 3)], [1, 2, 2, 2, 2, 1], id="bytes"),
        pytest.param(["x" * (MAX_GROUP_BYTES * 2)], [1] * 10, id="one request is never cut"),
    ],
)
def test_a_group_is_limited_in_logs_and_bytes(gate: Gate, tenant: str, texts: list[str], groups: list[int]) -> None:
    callers = Callers(GroupCommit(gate, LIMIT))
    futures = callers.submit(*(make_batch(tenant, number, *texts) for number in range(10)))

    gate.passes.release(len(groups))

    assert get_results(futures) == [None] * 10
    assert [len(group) for group in gate.groups] == groups
    assert [name for group in gate.groups for name in group] == [f"request-{number}" for number in range(10)]
    callers.close()


def test_each_request_gets_the_error_that_publish_returned_for_it(tenant: str) -> None:
    gate = Gate(
        lambda batches: [QueueUnavailable(one.request_id) if one.request_id[-1] in "13" else None for one in batches]
    )
    callers = Callers(GroupCommit(gate, LIMIT))
    futures = callers.submit(*(make_batch(tenant, number) for number in range(5)))

    gate.passes.release(2)

    assert get_results(futures) == [None, QueueUnavailable, None, QueueUnavailable, None]
    assert str(futures[3].exception()) == "request-3"
    callers.close()


@pytest.mark.parametrize("error", [RuntimeError("QUOKKA"), SystemExit("QUOKKA")])
def test_a_publish_that_raises_leaves_no_request_waiting(tenant: str, error: BaseException) -> None:
    def publish(batches: Sequence[Batch]) -> Sequence[Exception | None]:
        if len(batches) == 3:
            raise error
        return [None] * len(batches)

    gate = Gate(publish)
    group_commit = GroupCommit(gate, LIMIT)
    callers = Callers(group_commit)
    futures = callers.submit(*(make_batch(tenant, number) for number in range(4)))
    gate.passes.release()
    wait_for("the group that fails", lambda: len(gate.groups) == 2)
    later = callers.submit(make_batch(tenant, 4), make_batch(tenant, 5))

    gate.passes.release(2)

    leader = type(error) if isinstance(error, SystemExit) else QueueUnavailable
    assert get_results(futures) == [None, leader, QueueUnavailable, QueueUnavailable]
    assert "QUOKKA" not in str(futures[2].exception())
    assert get_results(later) == [None, None]
    assert group_commit.waiting_bytes == 0
    callers.close()


def test_a_tenant_with_too_much_waiting_is_refused_and_leaves_room_for_others(gate: Gate, tenant: str) -> None:
    size = estimate_size(make_batch(tenant, 0))
    group_commit = GroupCommit(gate, 8 * size)
    callers = Callers(group_commit)
    waiting = callers.submit(*(make_batch(tenant, number) for number in range(4)))

    with pytest.raises(QueueFull):
        group_commit.submit(make_batch(tenant, 4))
    waiting += callers.submit(*(make_batch(f"{tenant}-b", number) for number in range(3)))
    waiting += callers.submit(make_batch(f"{tenant}-c", 0))
    with pytest.raises(QueueFull):
        group_commit.submit(make_batch(f"{tenant}-b", 3))

    assert not any(future.done() for future in waiting)
    gate.passes.release(100)
    assert get_results(waiting) == [None] * 8
    group_commit.submit(make_batch(tenant, 4))
    callers.close()


def test_a_request_larger_than_all_that_may_wait_is_admitted_alone(gate: Gate, tenant: str) -> None:
    group_commit = GroupCommit(gate, 1)
    callers = Callers(group_commit)
    large = callers.submit(make_batch(tenant, 0))

    for other in (tenant, f"{tenant}-other"):
        with pytest.raises(QueueFull):
            group_commit.submit(make_batch(other, 1))

    gate.passes.release()
    assert get_results(large) == [None]
    callers.close()
