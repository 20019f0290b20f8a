"""Threads that wait for DynamoDB, shared by all of a process's inserts."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from foundation.forks import after_fork_in_child

CALLS_AT_ONCE = 4
"""Of one insert."""
MAX_CALLS = 32
"""Of all: those of a store worker's eight threads (Procfile). Also the connections that are kept open."""


@lru_cache(1)
def call_threads() -> ThreadPoolExecutor:
    """Threads, started when they are needed."""
    return ThreadPoolExecutor(MAX_CALLS, thread_name_prefix="dynamodb")


# The threads of a parent are not there in its children.
after_fork_in_child(call_threads.cache_clear)
