"""Sliding windows at given times: used up or not, and until when."""

import pytest

from webapp.access.sliding_windows import Limit, SlidingWindows

LIMIT = Limit("requests", 10, 100)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def windows(clock: Clock) -> SlidingWindows:
    return SlidingWindows(clock)


def test_a_limit_is_free_until_the_amount_is_charged(windows: SlidingWindows) -> None:
    for _ in range(10):
        assert windows.get_seconds_until_free(LIMIT) == 0
        windows.charge(LIMIT, 1)

    assert windows.get_seconds_until_free(LIMIT) > 0


def test_a_limit_is_free_again_exactly_after_the_returned_time(clock: Clock, windows: SlidingWindows) -> None:
    for start, cost in ((1000, 10), (1099, 10), (5050, 25), (9000, 1000)):
        clock.seconds = start
        windows.charge(LIMIT, cost)
        seconds = windows.get_seconds_until_free(LIMIT)

        clock.seconds = start + seconds - 0.002
        assert windows.get_seconds_until_free(LIMIT) > 0, (start, cost)
        clock.seconds = start + seconds
        assert windows.get_seconds_until_free(LIMIT) == 0, (start, cost)


def test_the_window_before_counts_as_far_as_it_lies_in_the_sliding_one(clock: Clock, windows: SlidingWindows) -> None:
    windows.charge(LIMIT, 10)
    clock.seconds = 1150
    windows.charge(LIMIT, 4)
    assert windows.get_seconds_until_free(LIMIT) == 0
    windows.charge(LIMIT, 1)

    # Half of ten and five; the half shrinks by a tenth of the amount in ten seconds.
    assert windows.get_seconds_until_free(LIMIT) == pytest.approx(0.001)


def test_an_amount_larger_than_a_window_is_charged_to_the_next_window_too(windows: SlidingWindows) -> None:
    windows.charge(LIMIT, 20)

    assert windows.get_seconds_until_free(LIMIT) == pytest.approx(150, abs=0.01)


def test_limits_count_apart(windows: SlidingWindows) -> None:
    windows.charge(LIMIT, 10)

    for other in (Limit("bytes", 10, 100), Limit("requests", 11, 100), Limit("requests", 10, 101)):
        assert windows.get_seconds_until_free(other) == 0


def test_windows_that_ended_are_removed(clock: Clock, windows: SlidingWindows) -> None:
    for number in range(5000):
        windows.charge(Limit(number, 10, 100), 1)
    assert len(windows) == 5000

    clock.seconds = 1200
    for number in range(5000, 20_000):
        windows.charge(Limit(number, 10, 100), 1)

    assert len(windows) == 15_000
