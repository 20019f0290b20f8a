"""Rules that hold for every text, random or glued together from examples."""

import re
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

import redaction.recognizer
from redaction import Redactor
from redaction.gates.gates import Gates
from redaction.recognizers import RECOGNIZERS

REDACTOR = Redactor()
GATES = Gates([recognizer.to_gate() for recognizer in RECOGNIZERS])
NESTED_VALUES = [
    line
    for recognizer in RECOGNIZERS
    for other in RECOGNIZERS
    if other.skip_inside and recognizer.name in (other.name, other.skip_inside)
    for line in (*(value for _, value in recognizer.positive), *recognizer.negative)
    if line.isascii()
]
BY_NAME = {recognizer.name: recognizer for recognizer in RECOGNIZERS}
PATTERNS = [re.compile(recognizer.gate_pattern) for recognizer in RECOGNIZERS]

VALUES = sorted({value for recognizer in RECOGNIZERS for _, value in recognizer.positive})
LINES = sorted({line for recognizer in RECOGNIZERS for line in recognizer.negative})
JOINTS = [*" .:-+@%'/[]()0a_\n\\", "%40", "%20", r"\n", "version ", "v", "Chrome/", 'HTTP/1.1" ', "x", " ext "]

texts = st.one_of(
    st.text(st.characters()),  # lone surrogates included
    st.text("0123456789.:-+@%abf ()'[]_"),
    st.lists(st.sampled_from(VALUES + LINES + JOINTS * 4), max_size=12).map("".join),
)


@given(texts)
def test_entities_are_sorted_and_disjoint_and_rebuild_the_redacted_text(text: str) -> None:
    redaction = REDACTOR.redact(text)
    rebuilt, position = "", 0
    for entity in redaction.entities:
        assert position <= entity.start < entity.end <= len(text)
        rebuilt += text[position : entity.start] + f"[{entity.type}]"
        position = entity.end
    assert rebuilt + text[position:] == redaction.text


@given(texts)
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = REDACTOR.redact(text).text
    assert REDACTOR.redact(once).text == once


@given(texts)
def test_every_value_that_a_recognizer_finds_is_covered(text: str) -> None:
    covered = {index for entity in REDACTOR.redact(text).entities for index in range(entity.start, entity.end)}
    for recognizer in RECOGNIZERS:
        for start, end in recognizer.find(text):
            assert covered.issuperset(range(start, end))


@given(st.lists(st.sampled_from(NESTED_VALUES * 4 + JOINTS), max_size=8).map("".join))
def test_a_skipped_gate_match_hides_only_parts_in_another_value(text: str) -> None:
    for recognizer in RECOGNIZERS:
        if recognizer.skip_inside:
            for start in (match.start() for match in re.finditer(f"(?={recognizer.gate})", text)):
                parts = [set(range(*found)) for found in recognizer.find(text, [start])]
                for value in BY_NAME[recognizer.skip_inside].find(text):
                    if start in range(*value):
                        assert all(part.issubset(range(*value)) for part in parts if start in part)


@given(texts)
def test_a_recognizer_finds_nothing_in_a_text_without_a_gate_match(text: str) -> None:
    matching = set(GATES.match_text(text))
    for index, recognizer in enumerate(RECOGNIZERS):
        if index not in matching:
            assert recognizer.find(text) == [], recognizer.name


@given(texts)
def test_the_standard_library_matches_the_same_gates(text: str) -> None:
    assert sorted(GATES.match_text(text)) == [gate for gate, pattern in enumerate(PATTERNS) if pattern.search(text)]


@given(texts)
def test_known_gate_starts_change_nothing_that_is_found(text: str) -> None:
    # No text is worth a gate: each pattern searches all of it.
    with patch.object(redaction.recognizer, "WORTH_A_GATE", len(text)):
        slowly = [recognizer.find(text) for recognizer in RECOGNIZERS]
    matches = GATES.matches_by_text([text]).get(0, {})
    for index, (recognizer, found) in enumerate(zip(RECOGNIZERS, slowly, strict=True)):
        assert recognizer.find(text) == found, recognizer.name
        if index in matches:
            assert recognizer.find(text, matches[index]) == found, recognizer.name


@given(st.lists(texts, max_size=8))
def test_a_batch_is_redacted_as_each_text_by_itself(batch: list[str]) -> None:
    assert REDACTOR.redact_batch(batch) == [REDACTOR.redact(text) for text in batch]


@given(st.lists(texts, max_size=8))
def test_a_text_matches_the_same_gates_in_a_batch_and_alone(batch: list[str]) -> None:
    matches = GATES.matches_by_text(batch)

    assert {index: set(found) for index, found in matches.items()} == {
        index: set(found) for index, text in enumerate(batch) if (found := GATES.match_text(text))
    }
