"""Description of a batch, which never quotes a text."""

import pytest

from tasks.batch import describe_batch


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        ({"tenant_id": "t", "logs": [{"log_id": "1", "text": "QUOKKA"}]}, "(1 log of tenant t)"),
        ({"tenant_id": "t", "logs": [{"text": "QUOKKA"}] * 2}, "(2 logs of tenant t)"),
        ({"logs": "QUOKKA"}, "(not a batch)"),
        ("QUOKKA", "(not a batch)"),
        (None, "(not a batch)"),
    ],
)
def test_a_description_quotes_no_text(payload: object, shown: str) -> None:
    assert describe_batch(payload) == shown
