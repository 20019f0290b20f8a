"""A failed wait names the condition, and shows the processes' output."""

import pytest

from tests.support.processes import Processes
from tests.support.waiting import wait_for


def test_a_wait_returns_the_first_truthy_value() -> None:
    values = iter([0, "", 7, 8])

    assert wait_for("seven", lambda: next(values), every=0) == 7


def test_a_failed_wait_shows_the_last_lines_that_processes_wrote(tmp_path) -> None:
    processes = Processes(tmp_path, "http://127.0.0.1:1")
    processes.commands["store"] = "echo first; seq 100; echo ' ready.'; exec sleep 60"
    processes.start("store")
    try:
        with pytest.raises(AssertionError) as failure:
            wait_for("a dead letter", lambda: False, seconds=0.2)
    finally:
        processes.kill("store")

    message = str(failure.value)
    assert message.startswith("waited 0.2 s for a dead letter\n")
    assert "--- store ---" in message
    assert "\n100\n ready." in message
    assert "first" not in message
