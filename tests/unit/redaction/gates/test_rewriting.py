"""Rewritten gates match where the gates themselves do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redaction.gates.gates import Gates, get_search
from redaction.gates.rewriting import build_union, keep_ascii, split_pieces
from redaction.recognizers import RECOGNIZERS

PATTERNS = sorted({recognizer.gate_pattern for recognizer in RECOGNIZERS})
GATES = Gates([recognizer.to_gate() for recognizer in RECOGNIZERS])
LINES = [
    *(line for recognizer in RECOGNIZERS for line, _ in recognizer.positive),
    *(line for recognizer in RECOGNIZERS for line in recognizer.negative),
]
ASCII_PARTS = [
    *{value for recognizer in RECOGNIZERS for _, value in recognizer.positive if value.isascii()},
    *{line for recognizer in RECOGNIZERS for line in recognizer.negative if line.isascii()},
    *" .:-+@%'/[]()0a_\n\\",
]


def test_the_union_with_all_gates_matches_where_the_first_gate_does() -> None:
    searches = [get_search(pattern) for pattern in PATTERNS]
    union = get_search(f"(?m){build_union(PATTERNS)}")

    for line in LINES:
        encoded = line.encode()
        starts = [start for each in searches if (start := each(encoded, 0, len(encoded))) >= 0]
        assert union(encoded, 0, len(encoded)) == min(starts, default=-1), line


@pytest.mark.parametrize(
    ("gates", "text", "start"),
    [
        (["(?i:pin|pass)=", "(?i:p)x"], "a PASS=1 pin=2", 2),
        (["(?i:pin|pass)=", "(?i:p)x"], "pass Px", 5),
        (["(?i:ab|c)*d"], "xabcabd", 1),
        (["(?i:a?b)", "[|(]x"], "c b(x", 2),
        (["(?i:a?b)", "[|(]x"], "c (x", 2),
        ([r"(?i:a\|b|c)d|e"], "a|bd", 0),
        (["(?i:été|ß)="], "ÉTÉ=", 0),
        (["(?i:a[|]b)(?i:c|d)"], "A|BD", 0),
        (["(?i:a(?:b|c))d"], "acd", 0),
        (["(?i:ab)"], "ba", -1),
        ([r"(?i:a[\]|)]b|c)d"], "a]bd", 0),
        (["(?i:ab)?c"], "abd bc", 5),
        (["(?:(?i:ab)|d)?c"], "dc", 0),
        (["(?:(?i:ab)|d)?c"], "aB ABc", 3),
        (["(?:(?i:ab)|d)+c"], "xdabc", 1),
        (["(?i:(?:x|y)?z(?:1|2))q"], "z1 yZ2q", 3),
        (["(?i:e?.a)b"], "Eab", 0),
        (["(?i:)(?:A|b)c"], "ac Bc bc Ac", 6),
        ([], "a é\n", -1),
    ],
)
def test_a_union_sorts_words_by_their_first_letter(gates: list[str], text: str, start: int) -> None:
    encoded = text.encode()

    assert get_search(build_union(gates))(encoded, 0, len(encoded)) == start


patterns = st.recursive(
    st.sampled_from(["a", "b", "ab", "é", "[ab]", r"\.", "[(|)]"]),
    lambda inner: st.tuples(
        st.sampled_from(["", "(?:", "(?i:"]), st.lists(inner, max_size=3), st.sampled_from(["", "?", "+", "{2}"]), inner
    ).map(
        lambda parts: (
            f"{parts[0]}{'|'.join(parts[1])}){parts[2]}{parts[3]}" if parts[0] else "".join((*parts[1], parts[3]))
        )
    ),
    max_leaves=8,
)


@given(st.lists(patterns, min_size=1, max_size=3), st.text("abABéÉ.(|)", max_size=12))
def test_a_union_with_any_gates_matches_where_the_first_gate_does(gates: list[str], text: str) -> None:
    encoded = text.encode()
    starts = [start for gate in gates if (start := get_search(gate)(encoded, 0, len(encoded))) >= 0]

    assert get_search(build_union(gates))(encoded, 0, len(encoded)) == min(starts, default=-1)


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
def test_only_the_ascii_part_is_kept(pattern: str, ascii_pattern: str) -> None:
    assert keep_ascii(pattern) == ascii_pattern


def test_a_class_keeps_all_ascii_characters() -> None:
    classes = {piece for pattern in PATTERNS for piece in split_pieces(pattern) if piece.startswith("[")}
    assert any(not each.isascii() for each in classes)
    for each in classes:
        for character in map(chr, range(128)):
            assert bool(re.match(each, character)) == bool(re.match(keep_ascii(each), character)), each


@given(st.lists(st.lists(st.sampled_from(ASCII_PARTS), max_size=6).map("".join), max_size=8))
def test_ascii_texts_match_the_same_gates_beside_ascii_and_other_texts(batch: list[str]) -> None:
    beside_ascii = GATES.matches_by_text(batch)
    beside_others = {index for index in GATES.matches_by_text([*batch, "é"]) if index < len(batch)}

    assert beside_others == set(beside_ascii)
    for index, text in enumerate(batch):
        assert set(beside_ascii.get(index, ())) == set(GATES.match_text(text))
