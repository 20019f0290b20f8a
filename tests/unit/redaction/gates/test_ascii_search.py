"""In ASCII the gates without other characters are the same gates."""

import random
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redaction.gates.ascii_search import ascii_only
from redaction.gates.gates import Re2Gates, compile_search
from redaction.gates.pieces import pieces
from redaction.recognizers import RECOGNIZERS

GATES = [recognizer.gate_pattern for recognizer in RECOGNIZERS]
RE2_GATES = Re2Gates(GATES)
PARTS = [
    *{value for recognizer in RECOGNIZERS for _, value in recognizer.positive if value.isascii()},
    *{line for recognizer in RECOGNIZERS for line in recognizer.negative if line.isascii()},
    *" .:-+@%'/[]()0a_\n\\",
]


@pytest.mark.parametrize(
    ("pattern", "ascii_pattern"),
    [
        ("[A-Zé]x", "[A-Z]x"),
        ("[A-Z\x80-\U0010ffff' -]", "[A-Z' -]"),
        ("[^|é]", "[^|]"),
        ("[^é]", r"[^\xff]"),
        ("[‐-–]", r"[\xff]"),
        (r"(?i:a\.é|[)])", r"(?i:a\.\xff|[)])"),
        (r"[^\]é]\[é", r"[^\]]\[\xff"),
    ],
)
def test_pieces(pattern: str, ascii_pattern: str) -> None:
    assert ascii_only(pattern) == ascii_pattern


def test_classes_have_the_same_signs_of_ascii() -> None:
    classes = {piece for gate in GATES for piece in pieces(gate) if piece.startswith("[")}
    assert any(not each.isascii() for each in classes)
    for each in classes:
        for sign in map(chr, range(128)):
            assert bool(re.match(each, sign)) == bool(re.match(ascii_only(each), sign)), each


@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=6).map("".join), max_size=8))
@settings(max_examples=500, deadline=None)
def test_texts_open_the_same_gates(batch: list[str]) -> None:
    together = RE2_GATES.opened(batch)
    one_sign = {place for place in RE2_GATES.opened([*batch, "é"]) if place < len(batch)}

    assert one_sign == set(together)
    for place, text in enumerate(batch):
        assert set(together.get(place, ())) == set(RE2_GATES.matching(text))


@pytest.mark.parametrize("signs", [string.printable, string.ascii_letters + string.digits + "+/"])
def test_noise_opens_the_same_gates_where_they_match(signs: str) -> None:
    for seed in range(5):
        text = "".join(random.Random(seed).choices(signs, k=16384))
        opened = RE2_GATES.opened([text])[0]

        assert set(opened) == set(RE2_GATES.matching(text))
        for place, starts in opened.items():
            search = compile_search(f"(?m){GATES[place]}")
            assert search
            for start in starts or []:
                assert search(text.encode(), start, len(text)) == start, (GATES[place], start)
