"""What the suite itself relies on."""

from collections import Counter

import pytest


def test_every_test_has_an_id_of_its_own(request: pytest.FixtureRequest) -> None:
    """Of tests with the same id pytest-xdist runs one, and says nothing of the others."""
    ids = Counter(item.nodeid for item in request.session.items)

    assert [nodeid for nodeid, count in ids.items() if count > 1] == []
