"""Every value that simulate_logs.py plants is found, for any seed."""

import random

import pytest

from redaction import Redactor
from scripts.planted import TEMPLATES

REDACTOR = Redactor()


@pytest.mark.parametrize("shape", TEMPLATES, ids=lambda shape: shape[0][:32])
def test_no_planted_value_is_left(shape: tuple[str, tuple]) -> None:
    template, makers = shape
    source = random.Random(template)
    for _ in range(50):
        planted = [make(source) for make in makers]
        redacted = REDACTOR.redact(template.format(*planted)).text
        assert not [value for value in planted if value in redacted], template
