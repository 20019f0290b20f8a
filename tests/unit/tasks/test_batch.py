"""Description of a batch: it never quotes a text."""

import pytest

from observability import safe_error_summary
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
def test_a_batch_is_described_without_its_texts(payload: object, shown: str) -> None:
    assert describe_batch(payload) == shown


def test_an_error_is_named_by_type_and_line() -> None:
    try:
        raise KeyError("QUOKKA")
    except KeyError as error:
        shown = safe_error_summary(error)

    assert shown.startswith("KeyError at test_batch.py:")
    assert "QUOKKA" not in shown
    assert safe_error_summary(ValueError("QUOKKA")) == "ValueError"
