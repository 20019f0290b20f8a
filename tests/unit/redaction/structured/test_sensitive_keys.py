"""Keys in any case style declare the entity of their values."""

import pytest

from redaction.gates.gates import Gates
from redaction.structured.sensitive_keys import build_gate, get_key_entity

KEYS = [
    ("password", "PASSWORD"), ("DB_PASSWORD", "PASSWORD"), ("userPassword", "PASSWORD"), ("X-API-Key", "SECRET"),
    ("cardNumber", "CREDIT_CARD"), ("billing.card_number", "CREDIT_CARD"), ("SSN", "US_SSN"),
    ("refreshToken", "SECRET"),
    ("date-of-birth", "DOB"), ("name", ""), ("token_count", ""), ("passwordResetUrl", ""), ("", ""), ("spin", ""),
    ("nextToken", ""), ("id", ""), ("ssn_part_1", "US_SSN"), ("phone2", "PHONE"), ("password_2", "PASSWORD"),
    ("cvv2", "CREDIT_CARD"), ("addressLine1", "ADDRESS"), ("part1", ""), ("sha256", ""),
]  # fmt: skip


@pytest.mark.parametrize(("key", "entity"), KEYS)
def test_a_sensitive_key_declares_an_entity(key: str, entity: str) -> None:
    assert get_key_entity(key) == entity


@pytest.mark.parametrize("key", [key for key, entity in KEYS if entity])
def test_the_gate_matches_every_sensitive_key(key: str) -> None:
    gates = Gates([build_gate()])

    assert gates.match_text(f'{{"{key}": "x"}}') == [0]
    assert gates.match_text(rf"{{\"{key}\": \"x\"}}") == [0]
    assert gates.match_text(f'{{"x": "{key} x"}}') == []
