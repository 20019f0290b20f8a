"""Hooks in forked children."""

import os

import pytest

from foundation import forks
from foundation.forks import after_fork_in_child


def test_hooks_run_in_order_in_a_child_and_never_in_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "_hooks", [])
    calls: list[str] = []
    after_fork_in_child(lambda: calls.append("first"))
    after_fork_in_child(lambda: calls.append("second"))
    reading, writing = os.pipe()

    child = os.fork()
    if child == 0:
        os.write(writing, " ".join(calls).encode())
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(reading, 100) == b"first second"
    assert calls == []
    os.close(reading)
    os.close(writing)


def test_a_hook_that_is_decorated_can_still_be_called() -> None:
    @after_fork_in_child
    def forget() -> int:
        return 1

    assert forget() == 1
    forks._hooks.remove(forget)
