"""The test suite itself is sound."""

from collections import Counter

import pytest


def test_every_test_has_a_unique_id(request: pytest.FixtureRequest) -> None:
    """Check ids: pytest-xdist runs only one of two tests with one id."""
    ids = Counter(item.nodeid for item in request.session.items)

    assert [nodeid for nodeid, count in ids.items() if count > 1] == []
