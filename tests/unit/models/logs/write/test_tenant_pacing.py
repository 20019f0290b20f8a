"""The pace of a tenant whose partition is hot, on a clock that the test moves."""

import logging
import random

import pytest

from models.logs.write.tenant_pacing import (
    FORGET_SECONDS,
    MAX_TENANTS,
    MAX_TURNS,
    PARTITION_UNITS,
    SLOWEST_UNITS,
    TENANT_TURNS,
    Paces,
)
from tests.support.partition import Partition, Simulation, Worker

HOT = "hot"
PATIENCE = 3.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def paces(clock: Clock) -> Paces:
    return Paces(clock)


def throttle(paces: Paces, tenant: str = HOT, share: float = 1.0) -> float:
    """One call of a batch of its own that is throttled; the rate after it."""
    with paces.turn(tenant) as turn:
        departure = paces.departure(turn, 1, PATIENCE)
        assert departure is not None
        paces.throttled(turn, departure, share)
    rate = paces.rate_of(tenant)
    assert rate is not None
    return rate


def test_a_tenant_that_is_not_throttled_leaves_at_once(paces: Paces) -> None:
    with paces.turn(HOT) as turn:
        for _ in range(1000):
            departure = paces.departure(turn, 25, PATIENCE)
            assert departure is not None
            assert departure.wait_seconds == 0
            paces.passed(turn, 25)

    assert paces.rate_of(HOT) is None


def test_a_throttled_call_halves_the_rate_of_its_tenant_alone(paces: Paces, clock: Clock) -> None:
    assert throttle(paces) == PARTITION_UNITS / 2
    clock.now += 1
    assert throttle(paces) == PARTITION_UNITS / 4
    assert paces.rate_of("other") is None

    for _ in range(20):
        clock.now += 1
        throttle(paces)
    assert paces.rate_of(HOT) == SLOWEST_UNITS


def test_one_statement_of_many_takes_off_little(paces: Paces) -> None:
    assert throttle(paces, share=1 / 25) == pytest.approx(PARTITION_UNITS * 0.98)


def test_calls_that_were_under_way_together_lower_the_rate_once(paces: Paces) -> None:
    with paces.turn(HOT) as turn:
        departures = [paces.departure(turn, 25, PATIENCE) for _ in range(4)]
        for departure in departures:
            assert departure is not None
            paces.throttled(turn, departure, 1.0)

    assert paces.rate_of(HOT) == PARTITION_UNITS / 2


def test_what_is_taken_raises_the_rate(paces: Paces, clock: Clock) -> None:
    rate = throttle(paces)
    clock.now += 1
    with paces.turn(HOT) as turn:
        paces.passed(turn, 25)

        raised = paces.rate_of(HOT)
        assert raised is not None
        assert rate < raised < rate * 1.1
        # However large the items are.
        paces.passed(turn, 1_000_000)
        assert paces.rate_of(HOT) == 2 * raised


def test_calls_leave_at_the_rate(paces: Paces, clock: Clock) -> None:
    rate = throttle(paces)
    clock.now += 10
    with paces.turn(HOT) as turn:
        waits = [paces.departure(turn, 25, PATIENCE) for _ in range(40)]

    seconds = [departure.wait_seconds for departure in waits if departure is not None]
    assert seconds[0] == 0
    assert seconds[-1] - seconds[-2] == pytest.approx(25 / rate)
    assert len(seconds) == 40


def test_a_batch_that_would_wait_too_long_is_given_back(paces: Paces) -> None:
    throttle(paces)
    with paces.turn(HOT) as turn:
        departures = [paces.departure(turn, 100, PATIENCE) for _ in range(40)]

    assert departures[0] is not None
    assert departures[-1] is None


def test_large_items_leave_one_by_one(paces: Paces) -> None:
    with paces.turn(HOT) as turn:
        assert paces.call_units(turn) is None
        throttle(paces)
        assert paces.call_units(turn) == PARTITION_UNITS / 2 / 4


def wait_in_turn(paces: Paces, tenant: str) -> bool:
    """Whether one more batch of the tenant may wait; it is never done with its turn."""
    rate = paces.rate_of(tenant)
    assert rate is not None
    departure = paces.departure(paces.turn(tenant).__enter__(), rate / 100, PATIENCE)
    return departure is not None and departure.wait_seconds > 0


def test_few_batches_of_a_tenant_wait_at_a_time(paces: Paces) -> None:
    throttle(paces)
    with paces.turn(HOT) as turn:
        paces.departure(turn, 1, PATIENCE)

        assert [wait_in_turn(paces, HOT) for _ in range(8)].count(True) == TENANT_TURNS


def test_hot_tenants_together_leave_threads_for_the_others(paces: Paces) -> None:
    tenants = [f"hot-{number}" for number in range(8)]
    for tenant in tenants:
        throttle(paces, tenant)
        wait_in_turn(paces, tenant)  # leaves at once, and the next one has to wait for it

    assert [wait_in_turn(paces, tenant) for tenant in tenants].count(True) == MAX_TURNS
    with paces.turn("other") as turn:
        assert paces.departure(turn, 25, PATIENCE) is not None


def test_a_turn_that_is_over_is_another_batchs(paces: Paces) -> None:
    throttle(paces)
    for _ in range(3 * MAX_TURNS):
        with paces.turn(HOT) as turn:
            departures = [paces.departure(turn, 1, PATIENCE) for _ in range(2)]
        assert None not in departures


def test_each_batch_that_is_given_back_is_called_back_later(paces: Paces) -> None:
    assert paces.seconds_until_turn(HOT, 1000) == 0

    throttle(paces)
    delays = [paces.seconds_until_turn(HOT, 1000) for _ in range(100)]

    assert sum(delays[:10]) < sum(delays[45:55]) < sum(delays[90:])
    # About as fast as the partition takes them, three times as fast because most that come find no turn.
    assert 100 * 1000 / 500 / 3 * 0.7 < max(delays) < 100 * 1000 / 500


def test_a_tenant_is_forgotten_when_it_is_not_throttled(
    paces: Paces, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            throttle(paces)
            clock.now += FORGET_SECONDS / 2
        assert paces.rate_of(HOT) is not None
        clock.now += FORGET_SECONDS
        assert paces.rate_of(HOT) is None

    assert [record.getMessage() for record in caplog.records] == [
        "DynamoDB throttles tenant hot: writing at its pace from here on",
        "DynamoDB throttles tenant hot no more",
    ]


def test_as_many_tenants_as_memory_may_hold(paces: Paces) -> None:
    for number in range(MAX_TENANTS + 10):
        throttle(paces, f"tenant-{number}")

    assert paces.rate_of("tenant-0") is None
    assert paces.rate_of(f"tenant-{MAX_TENANTS + 9}") is not None


@pytest.mark.parametrize(("batches", "units"), [(100, 1000), (3000, 13)])
def test_a_hot_partition_is_busy_and_the_others_do_not_notice(batches: int, units: int) -> None:
    """A backlog of one tenant is in the queue, and then come ten batches of another."""
    random.seed(1)
    simulation = Simulation()
    partitions = {HOT: Partition(simulation, PARTITION_UNITS), "other": Partition(simulation, PARTITION_UNITS)}
    paces = Paces(simulation.clock)
    worker = Worker(simulation, paces, partitions.__getitem__, threads=2 * MAX_TURNS)
    for _ in range(batches):
        worker.give(HOT, units)
    for number in range(10):
        worker.give("other", 10, after=10 + number / 10)

    simulation.run()

    assert batches * units / PARTITION_UNITS / worker.done_at[HOT] > 0.8
    assert worker.counts["throttled"] / worker.counts["written"] < 0.03
    assert worker.counts["given back"] / batches < 4
    # They came 10 to 11 s after the hot tenant's backlog, which takes 39 s and more.
    assert worker.done_at["other"] < 13
