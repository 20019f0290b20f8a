"""A piece of work that takes too long is interrupted, also inside a regular expression."""

import re
import threading
import time

import pytest

from tasks.time_limit import TookTooLong, time_limit


def test_a_regular_expression_that_would_take_days() -> None:
    with pytest.raises(TookTooLong), time_limit(0.05):
        re.fullmatch(r"(a|aa)+b", "a" * 100)


def test_work_that_is_done_in_time() -> None:
    with time_limit(60):
        done = "done"

    assert done == "done"
    with pytest.raises(TookTooLong), time_limit(0.01):
        while True:
            pass


def test_waiting_for_the_cpu_is_not_working() -> None:
    with time_limit(0.05):
        time.sleep(0.2)


def test_in_another_thread_there_is_no_limit() -> None:
    done = []

    def work() -> None:
        with time_limit(0.001):
            time.sleep(0.01)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert done
