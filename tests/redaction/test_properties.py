"""What holds for every text: random ones, and ones glued together from the pieces that recognizers look for."""

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

import redaction.recognizer
from redaction import Redactor
from redaction.gates import Re2Gates, ReGates
from redaction.recognizers import RECOGNIZERS

REDACTOR = Redactor()
GATES = Re2Gates([recognizer.gates for recognizer in RECOGNIZERS])
OTHER_GATES = ReGates([recognizer.gates for recognizer in RECOGNIZERS])

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
def test_what_starts_at_gates_finds_the_same_without_re2(text: str) -> None:
    with patch.object(redaction.recognizer, "compile_search", lambda _gate: None):
        slowly = [recognizer.find(text) for recognizer in RECOGNIZERS]
    for recognizer, found in zip(RECOGNIZERS, slowly, strict=True):
        assert recognizer.find(text) == found, recognizer.name


@given(st.lists(texts, max_size=8))
@settings(max_examples=500, deadline=None)
def test_a_batch_is_redacted_as_each_text_by_itself(batch: list[str]) -> None:
    assert REDACTOR.redact_batch(batch) == [REDACTOR.redact(text) for text in batch]


@given(st.lists(texts, max_size=8))
@settings(max_examples=300, deadline=None)
def test_the_texts_that_a_batch_is_searched_for_have_an_open_gate(batch: list[str]) -> None:
    open_gates = {place for place, text in enumerate(batch) if GATES.matching(text)}
    assert open_gates <= set(GATES.suspects(batch))
    assert OTHER_GATES.suspects(batch) == sorted(open_gates)
