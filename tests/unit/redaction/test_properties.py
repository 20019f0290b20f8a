"""What holds for every text: random ones, and ones glued together from the pieces that recognizers look for."""

import re
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

import redaction.recognizer
from redaction import Redactor
from redaction.gates.gates import Re2Gates, ReGates
from redaction.recognizers import RECOGNIZERS

REDACTOR = Redactor()
GATES = Re2Gates(
    [recognizer.gate_pattern for recognizer in RECOGNIZERS],
    dense=[place for place, recognizer in enumerate(RECOGNIZERS) if recognizer.dense_gate],
)
RIVALS = [
    line
    for recognizer in RECOGNIZERS
    for other in RECOGNIZERS
    if other.skip_inside and recognizer.name in (other.name, other.skip_inside)
    for line in (*(value for _, value in recognizer.positive), *recognizer.negative)
    if line.isascii()
]
BY_NAME = {recognizer.name: recognizer for recognizer in RECOGNIZERS}
OTHER_GATES = ReGates([recognizer.gate_pattern for recognizer in RECOGNIZERS])

VALUES = sorted({value for recognizer in RECOGNIZERS for _, value in recognizer.positive})
LINES = sorted({line for recognizer in RECOGNIZERS for line in recognizer.negative})
JOINTS = [*" .:-+@%'/[]()0a_\n\\", "%40", "%20", r"\n", "version ", "v", "Chrome/", 'HTTP/1.1" ', "x", " ext "]

texts = st.one_of(
    st.text(st.characters()),  # lone surrogates included
    st.text("0123456789.:-+@%abf ()'[]_"),
    st.lists(st.sampled_from(VALUES + LINES + JOINTS * 4), max_size=12).map("".join),
)


@given(texts)
@settings(max_examples=1000, deadline=None)
def test_entities_are_sorted_disjoint_and_say_what_was_replaced(text: str) -> None:
    redaction = REDACTOR.redact(text)
    rebuilt, position = "", 0
    for entity in redaction.entities:
        assert position <= entity.start < entity.end <= len(text)
        rebuilt += text[position : entity.start] + f"[{entity.type}]"
        position = entity.end
    assert rebuilt + text[position:] == redaction.text


@given(texts)
@settings(max_examples=1000, deadline=None)
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = REDACTOR.redact(text).text
    assert REDACTOR.redact(once).text == once


@given(texts)
@settings(max_examples=500, deadline=None)
def test_every_value_that_a_recognizer_finds_is_covered(text: str) -> None:
    covered = {index for entity in REDACTOR.redact(text).entities for index in range(entity.start, entity.end)}
    for recognizer in RECOGNIZERS:
        for start, end in recognizer.find(text):
            assert covered.issuperset(range(start, end))


@given(st.lists(st.sampled_from(RIVALS * 4 + JOINTS), max_size=8).map("".join))
@settings(max_examples=1000, deadline=None)
def test_one_that_is_not_asked_would_have_found_a_part_of_a_value(text: str) -> None:
    for recognizer in RECOGNIZERS:
        if recognizer.skip_inside:
            for start in (match.start() for match in re.finditer(f"(?={recognizer.gate})", text)):
                parts = [set(range(*found)) for found in recognizer.find(text, [start])]
                for value in BY_NAME[recognizer.skip_inside].find(text):
                    if start in range(*value):
                        assert all(part.issubset(range(*value)) for part in parts if start in part)


@given(texts)
@settings(max_examples=1000, deadline=None)
def test_what_a_recognizer_finds_has_opened_its_gate(text: str) -> None:
    open_gates = set(GATES.matching(text))
    for place, recognizer in enumerate(RECOGNIZERS):
        if place not in open_gates:
            assert recognizer.find(text) == [], recognizer.name


@given(texts)
@settings(max_examples=300, deadline=None)
def test_the_standard_library_opens_the_same_gates(text: str) -> None:
    assert sorted(GATES.matching(text)) == OTHER_GATES.matching(text)


@given(texts)
@settings(max_examples=1000, deadline=None)
def test_where_gates_are_changes_nothing_of_what_is_found(text: str) -> None:
    with patch.object(redaction.recognizer, "compile_search", lambda _gate: None):
        slowly = [recognizer.find(text) for recognizer in RECOGNIZERS]
    opened = GATES.opened([text]).get(0, {})
    for place, (recognizer, found) in enumerate(zip(RECOGNIZERS, slowly, strict=True)):
        assert recognizer.find(text) == found, recognizer.name
        if place in opened:
            assert recognizer.find(text, opened[place]) == found, recognizer.name


@given(st.lists(texts, max_size=8))
@settings(max_examples=500, deadline=None)
def test_a_batch_is_redacted_as_each_text_by_itself(batch: list[str]) -> None:
    assert REDACTOR.redact_batch(batch) == [REDACTOR.redact(text) for text in batch]


@given(st.lists(texts, max_size=8))
@settings(max_examples=500, deadline=None)
def test_the_texts_of_a_batch_open_the_gates_that_each_opens_by_itself(batch: list[str]) -> None:
    alone = [GATES.matching(text) for text in batch]
    for gates in (GATES, OTHER_GATES):
        opened = gates.opened(batch)
        assert {place: set(opened.get(place, ())) for place in range(len(batch))} == {
            place: set(found) for place, found in enumerate(alone)
        }
