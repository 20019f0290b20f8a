"""Ages of cached values, and which of them make room for others."""

import time

import pytest

from foundation.stale_on_error_cache import Cached, StaleOnErrorCache

HOUR = 3600.0


def cached(cached: Cached[str] | None) -> str | None:
    return cached and cached.value


def test_a_fresh_value_is_not_read_again() -> None:
    cache: StaleOnErrorCache[str, int] = StaleOnErrorCache(10, lambda: HOUR)
    reads = iter(range(10))

    assert [cache.get_or_read("a", lambda: next(reads)) for _ in range(3)] == [0, 0, 0]
    assert cache.get_or_read("b", lambda: next(reads)) == 1


def test_a_value_that_is_not_fresh_may_serve_stale() -> None:
    cache: StaleOnErrorCache[str, str] = StaleOnErrorCache(10, lambda: 60, lambda: HOUR)
    now = time.monotonic()
    cache.put("fresh", "value", now)
    cache.put("stale", "value", now - 61)
    cache.put("too old", "value", now - HOUR)

    assert (cached(cache.get_fresh("fresh")), cached(cache.get_stale("fresh"))) == ("value", "value")
    assert (cached(cache.get_fresh("stale")), cached(cache.get_stale("stale"))) == (None, "value")
    assert (cached(cache.get_fresh("too old")), cached(cache.get_stale("too old"))) == (None, None)


def test_none_is_a_value_too() -> None:
    cache: StaleOnErrorCache[str, None] = StaleOnErrorCache(10, lambda: HOUR)
    cache.put("a", None)

    found = cache.get_fresh("a")
    assert found is not None
    assert found.value is None
    assert cache.get_fresh("b") is None


def test_a_value_that_can_not_be_read_is_not_kept() -> None:
    cache: StaleOnErrorCache[str, int] = StaleOnErrorCache(10, lambda: HOUR)

    with pytest.raises(ZeroDivisionError):
        cache.get_or_read("a", lambda: 1 // 0)

    assert len(cache) == 0


def test_the_value_that_was_read_first_makes_room() -> None:
    cache: StaleOnErrorCache[str, str] = StaleOnErrorCache(2, lambda: HOUR)
    for key in ("a", "b", "a", "c"):
        cache.put(key, key)

    assert [cached(cache.get_fresh(key)) for key in ("a", "b", "c")] == ["a", None, "c"]


def test_values_too_old_to_serve_do_not_stay_in_memory() -> None:
    cache: StaleOnErrorCache[str, str] = StaleOnErrorCache(10, lambda: 60)
    cache.put("old", "value", time.monotonic() - 61)
    cache.put("new", "value")

    assert len(cache) == 1


def test_a_removed_value_is_gone() -> None:
    cache: StaleOnErrorCache[str, str] = StaleOnErrorCache(10, lambda: HOUR)
    cache.put("a", "value")
    cache.remove("a")
    cache.remove("b")

    assert cache.get_stale("a") is None
