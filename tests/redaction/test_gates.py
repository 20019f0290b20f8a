"""Gates that don't fit into their memory say so, and never pass for gates that are closed."""

import random

import pytest

from redaction.gates import GatesTooLarge, Re2Gates

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
