"""The one hook that runs in every forked child.

A Celery worker forks its children. A child has its parent's memory, but none of its threads, and must not use its
sockets. A lock that a thread of the parent held stays locked in the child for ever.
"""

import os
from collections.abc import Callable
from typing import TypeVar

Hook = TypeVar("Hook", bound=Callable[[], object])

_hooks: list[Callable[[], object]] = []


def after_fork_in_child(hook: Hook) -> Hook:
    """Call `hook` in each child that this process forks.

    Hooks run before other code of the child, in the order in which they were added. Works as a decorator.
    """
    _hooks.append(hook)
    return hook


def _run_hooks() -> None:
    for hook in _hooks:
        hook()


os.register_at_fork(after_in_child=_run_hooks)
