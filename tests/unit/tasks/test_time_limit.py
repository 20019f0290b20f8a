"""Limit on the CPU time of work, also inside a regular expression."""

import re
import threading
import time

import pytest

from tasks.time_limit import TookTooLong, time_limit


def test_a_regular_expression_that_would_take_days_is_interrupted() -> None:
    with pytest.raises(TookTooLong), time_limit(0.05):
        re.fullmatch(r"(a|aa)+b", "a" * 100)


def test_work_within_the_limit_goes_on() -> None:
    with time_limit(60):
        done = "done"

    assert done == "done"
    with pytest.raises(TookTooLong), time_limit(0.01):
        while True:
            pass


def test_waiting_costs_no_cpu_time() -> None:
    with time_limit(0.05):
        time.sleep(0.2)


def test_another_thread_has_no_limit() -> None:
    done = []

    def work() -> None:
        with time_limit(0.001):
            time.sleep(0.01)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert done
