"""Gates match alike together and alone, and report a lack of memory."""

import random
import string
from typing import get_args

import pytest

from redaction.gates import re2_adapter
from redaction.gates.gates import Gate, GateKind, Gates, get_gates, get_search
from redaction.gates.re2_adapter import GatesTooLarge
from redaction.recognizers import RECOGNIZERS

SMALL_MEMORY_BYTES = 1 << 16
RECOGNIZER_GATES = [recognizer.to_gate() for recognizer in RECOGNIZERS]
EXAMPLES = [
    *(line for recognizer in RECOGNIZERS for line, _ in recognizer.positive),
    *(line for recognizer in RECOGNIZERS for line in recognizer.negative),
]


def test_gates_that_are_too_large_are_refused() -> None:
    with pytest.raises(GatesTooLarge, match="1 gates"):
        Gates([Gate("(?:[a-z]{100}){9}", "shapes")], SMALL_MEMORY_BYTES)


def test_a_gate_that_re2_rejects_is_refused() -> None:
    with pytest.raises(GatesTooLarge):
        Gates([Gate("(?=a)", "shapes")])


@pytest.mark.parametrize("texts", [1, 8])
def test_a_gate_with_more_states_than_memory_still_matches(texts: int) -> None:
    before = "".join(random.Random(1).choices("ab", k=20_000))
    text = f"{before}{'a' * 61}c"
    gates = Gates([Gate("a[ab]{60}c", "shapes"), Gate("d", "shapes")], SMALL_MEMORY_BYTES)

    matches = gates.matches_by_text([text, before] * texts)

    assert {index: list(found) for index, found in matches.items()} == {index: [0] for index in range(0, 2 * texts, 2)}


def test_nothing_is_compiled_any_more_once_gates_are_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    gates = Gates([
        Gate("(?i:pin)=", "words"),
        Gate("[a-z]{3}[0-9]", "shapes", is_dense=True),
        Gate("[0-9]{3}-[0-9]", "shapes"),
        Gate("ab_[0-9]{4}", "prefixes"),
    ])  # fmt: skip
    gates.prepare()
    monkeypatch.setattr(re2_adapter, "re2", None)

    assert gates.matches_by_text(["a PIN=1", "abc123-4", "ab_1234"]) == {0: {0: [2]}, 1: {1: [0], 2: [3]}, 2: {3: [0]}}
    assert gates.matches_by_text(["é pin="]) == {0: {0: None}}


def test_only_the_first_match_in_a_text_is_reported_for_a_dense_gate() -> None:
    gates = Gates([Gate("[a-z]{3}[0-9]", "shapes", is_dense=True)])

    assert gates.matches_by_text(["abc1abc1", "x", "a abc1"]) == {0: {0: [0]}, 2: {0: [2]}}


@pytest.mark.parametrize("shift", [1, 2])
def test_a_wrong_kind_changes_no_match(shift: int) -> None:
    kinds: tuple[GateKind, ...] = get_args(GateKind)
    wrong = [gate._replace(kind=kinds[(kinds.index(gate.kind) + shift) % len(kinds)]) for gate in RECOGNIZER_GATES]
    right, other = Gates(RECOGNIZER_GATES), Gates(wrong)

    for line in EXAMPLES:
        assert sorted(other.match_text(line)) == sorted(right.match_text(line)), line
    right_matches, other_matches = right.matches_by_text(EXAMPLES), other.matches_by_text(EXAMPLES)
    for index, line in enumerate(EXAMPLES):
        found, other_found = right_matches.get(index, {}), other_matches.get(index, {})
        assert set(other_found) == set(found), line
        for gate in found:
            # The starts are left out where an automaton matches too often in a text, which depends on its gates.
            assert other_found[gate] == found[gate] or None in (found[gate], other_found[gate]), line


def test_every_kind_has_gates() -> None:
    assert {gate.kind for gate in RECOGNIZER_GATES} == set(get_args(GateKind))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("characters", [string.printable, string.ascii_letters + string.digits + "+/"])
def test_noise_matches_the_same_gates_alone_and_joined(characters: str, seed: int) -> None:
    gates = get_gates(tuple(RECOGNIZER_GATES))
    text = "".join(random.Random(seed).choices(characters, k=16384))
    matches = gates.matches_by_text([text])[0]

    assert set(matches) == set(gates.match_text(text))
    for gate, starts in matches.items():
        search = get_search(f"(?m){RECOGNIZER_GATES[gate].pattern}")
        for start in starts or []:
            assert search(text.encode(), start, len(text)) == start, (RECOGNIZER_GATES[gate], start)
