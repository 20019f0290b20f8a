"""Gates that don't fit into their memory say so, and never pass for gates that are closed."""

import random

import pytest

from redaction.gates import re2_adapter
from redaction.gates.gates import Re2Gates
from redaction.gates.re2_adapter import GatesTooLarge

LITTLE = 1 << 16


def test_gates_that_are_too_large() -> None:
    with pytest.raises(GatesTooLarge, match="1 gates"):
        Re2Gates(["(?:[a-z]{100}){9}"], LITTLE)


def test_a_pattern_that_re2_does_not_take() -> None:
    with pytest.raises(GatesTooLarge):
        Re2Gates(["(?=a)"])


@pytest.mark.parametrize("texts", [1, 8])
def test_a_gate_opens_that_needs_more_states_than_there_is_memory_for(texts: int) -> None:
    before = "".join(random.Random(1).choices("ab", k=20_000))
    text = f"{before}{'a' * 61}c"

    opened = Re2Gates(["a[ab]{60}c", "d"], LITTLE).opened([text, before] * texts)

    assert {place: list(gates) for place, gates in opened.items()} == {place: [0] for place in range(0, 2 * texts, 2)}


def test_nothing_is_compiled_any_more_once_gates_are_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    gates = Re2Gates(["(?i:pin)=", "[a-z]{3}[0-9]", "[0-9]{3}-[0-9]", "ab_[0-9]{4}"], dense=[1])
    gates.prepare()
    monkeypatch.setattr(re2_adapter, "re2", None)

    assert gates.opened(["a PIN=1", "abc123-4", "ab_1234"]) == {0: {0: [2]}, 1: {1: [0], 2: [3]}, 2: {3: [0]}}
    assert gates.opened(["é pin="]) == {0: {0: None}}


def test_gates_that_are_all_dense() -> None:
    gates = Re2Gates(["[a-z]{3}[0-9]"], dense=[0])

    assert gates.opened(["abc1abc1", "x", "a abc1"]) == {0: {0: [0]}, 2: {0: [2]}}
