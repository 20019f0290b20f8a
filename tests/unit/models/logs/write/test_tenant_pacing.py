"""Write rates of tenants, on a clock that the test moves."""

import logging
import random

import pytest

from models.logs.write.tenant_pacing import (
    FORGET_SECONDS,
    MAX_TENANTS,
    MAX_WAITING,
    MAX_WAITING_PER_TENANT,
    MIN_UNITS,
    PARTITION_UNITS,
    TenantPacer,
)
from tests.support.partition import Partition, Simulation, Worker

HOT = "hot"
MAX_WAIT_SECONDS = 3.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pacer(clock: Clock) -> TenantPacer:
    return TenantPacer(clock)


def throttle(pacer: TenantPacer, tenant: str = HOT, share: float = 1.0) -> float:
    """Throttle one call of a new batch; return the rate after it."""
    with pacer.open_slot(tenant) as slot:
        reservation = pacer.reserve(slot, 1, MAX_WAIT_SECONDS)
        assert reservation is not None
        pacer.on_throttle(slot, reservation, share)
    rate = pacer.get_rate(tenant)
    assert rate is not None
    return rate


def test_calls_leave_at_once_for_a_tenant_without_throttling(pacer: TenantPacer) -> None:
    with pacer.open_slot(HOT) as slot:
        for _ in range(1000):
            reservation = pacer.reserve(slot, 25, MAX_WAIT_SECONDS)
            assert reservation is not None
            assert reservation.wait_seconds == 0
            pacer.on_success(slot, 25)

    assert pacer.get_rate(HOT) is None


def test_a_throttled_call_halves_the_tenants_rate_and_no_other(pacer: TenantPacer, clock: Clock) -> None:
    assert throttle(pacer) == PARTITION_UNITS / 2
    clock.now += 1
    assert throttle(pacer) == PARTITION_UNITS / 4
    assert pacer.get_rate("other") is None

    for _ in range(20):
        clock.now += 1
        throttle(pacer)
    assert pacer.get_rate(HOT) == MIN_UNITS


def test_one_throttled_statement_in_25_lowers_the_rate_by_2_percent(pacer: TenantPacer) -> None:
    assert throttle(pacer, share=1 / 25) == pytest.approx(PARTITION_UNITS * 0.98)


def test_throttled_calls_under_way_together_lower_the_rate_once(pacer: TenantPacer) -> None:
    with pacer.open_slot(HOT) as slot:
        reservations = [pacer.reserve(slot, 25, MAX_WAIT_SECONDS) for _ in range(4)]
        for reservation in reservations:
            assert reservation is not None
            pacer.on_throttle(slot, reservation, 1.0)

    assert pacer.get_rate(HOT) == PARTITION_UNITS / 2


def test_a_successful_call_raises_the_rate_and_at_most_doubles_it(pacer: TenantPacer, clock: Clock) -> None:
    rate = throttle(pacer)
    clock.now += 1
    with pacer.open_slot(HOT) as slot:
        pacer.on_success(slot, 25)

        raised = pacer.get_rate(HOT)
        assert raised is not None
        assert rate < raised < rate * 1.1
        # However large the items are, one call does not more than double it.
        pacer.on_success(slot, 1_000_000)
        assert pacer.get_rate(HOT) == 2 * raised


def test_a_throttled_tenants_calls_leave_at_the_rate(pacer: TenantPacer, clock: Clock) -> None:
    rate = throttle(pacer)
    clock.now += 10
    with pacer.open_slot(HOT) as slot:
        waits = [pacer.reserve(slot, 25, MAX_WAIT_SECONDS) for _ in range(40)]

    seconds = [reservation.wait_seconds for reservation in waits if reservation is not None]
    assert seconds[0] == 0
    assert seconds[-1] - seconds[-2] == pytest.approx(25 / rate)
    assert len(seconds) == 40


def test_a_batch_that_would_wait_too_long_gets_no_reservation(pacer: TenantPacer) -> None:
    throttle(pacer)
    with pacer.open_slot(HOT) as slot:
        reservations = [pacer.reserve(slot, 100, MAX_WAIT_SECONDS) for _ in range(40)]

    assert reservations[0] is not None
    assert reservations[-1] is None


def test_a_throttled_tenants_calls_carry_at_most_a_quarter_second(pacer: TenantPacer) -> None:
    with pacer.open_slot(HOT) as slot:
        assert pacer.get_max_call_units(slot) is None
        throttle(pacer)
        assert pacer.get_max_call_units(slot) == PARTITION_UNITS / 2 / 4


def may_wait(pacer: TenantPacer, tenant: str) -> bool:
    """Return whether one more batch may wait; it never closes its slot."""
    rate = pacer.get_rate(tenant)
    assert rate is not None
    reservation = pacer.reserve(pacer.open_slot(tenant).__enter__(), rate / 100, MAX_WAIT_SECONDS)
    return reservation is not None and reservation.wait_seconds > 0


def test_only_a_few_batches_wait_at_a_time_for_one_tenant(pacer: TenantPacer) -> None:
    throttle(pacer)
    with pacer.open_slot(HOT) as slot:
        pacer.reserve(slot, 1, MAX_WAIT_SECONDS)

        assert [may_wait(pacer, HOT) for _ in range(8)].count(True) == MAX_WAITING_PER_TENANT


def test_throttled_tenants_together_leave_threads_for_the_others(pacer: TenantPacer) -> None:
    tenants = [f"hot-{number}" for number in range(8)]
    for tenant in tenants:
        throttle(pacer, tenant)
        may_wait(pacer, tenant)  # leaves at once, and the next one has to wait for it

    assert [may_wait(pacer, tenant) for tenant in tenants].count(True) == MAX_WAITING
    with pacer.open_slot("other") as slot:
        assert pacer.reserve(slot, 25, MAX_WAIT_SECONDS) is not None


def test_a_closed_slot_is_free_for_another_batch(pacer: TenantPacer) -> None:
    throttle(pacer)
    for _ in range(3 * MAX_WAITING):
        with pacer.open_slot(HOT) as slot:
            reservations = [pacer.reserve(slot, 1, MAX_WAIT_SECONDS) for _ in range(2)]
        assert None not in reservations


def test_each_batch_that_goes_back_gets_a_longer_delay(pacer: TenantPacer) -> None:
    assert pacer.book_retry(HOT, 1000) == 0

    throttle(pacer)
    delays = [pacer.book_retry(HOT, 1000) for _ in range(100)]

    assert sum(delays[:10]) < sum(delays[45:55]) < sum(delays[90:])
    # At the partition's rate, times three because most batches that come back find no slot.
    assert 100 * 1000 / 500 / 3 * 0.7 < max(delays) < 100 * 1000 / 500


def test_a_tenant_without_throttling_for_a_minute_gets_full_speed_again(
    pacer: TenantPacer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            throttle(pacer)
            clock.now += FORGET_SECONDS / 2
        assert pacer.get_rate(HOT) is not None
        clock.now += FORGET_SECONDS
        assert pacer.get_rate(HOT) is None

    assert [record.getMessage() for record in caplog.records] == [
        "DynamoDB throttles tenant hot; slowing down its inserts",
        "DynamoDB no longer throttles tenant hot; writing it at full speed",
    ]


def test_the_tenant_slowed_down_first_is_forgotten_when_there_are_too_many(pacer: TenantPacer) -> None:
    for number in range(MAX_TENANTS + 10):
        throttle(pacer, f"tenant-{number}")

    assert pacer.get_rate("tenant-0") is None
    assert pacer.get_rate(f"tenant-{MAX_TENANTS + 9}") is not None


@pytest.mark.parametrize(("batches", "units"), [(100, 1000), (3000, 13)])
def test_a_hot_partition_stays_busy_without_delaying_other_tenants(batches: int, units: int) -> None:
    random.seed(1)
    simulation = Simulation()
    partitions = {HOT: Partition(simulation, PARTITION_UNITS), "other": Partition(simulation, PARTITION_UNITS)}
    pacer = TenantPacer(simulation.clock)
    worker = Worker(simulation, pacer, partitions.__getitem__, threads=2 * MAX_WAITING)
    for _ in range(batches):
        worker.enqueue(HOT, units)
    for number in range(10):
        worker.enqueue("other", 10, after=10 + number / 10)

    simulation.run()

    assert batches * units / PARTITION_UNITS / worker.done_at[HOT] > 0.8
    assert worker.counts["throttled"] / worker.counts["written"] < 0.03
    assert worker.counts["retried"] / batches < 4
    # They came 10 to 11 s after the hot tenant's backlog, which takes 39 s and more.
    assert worker.done_at["other"] < 13
