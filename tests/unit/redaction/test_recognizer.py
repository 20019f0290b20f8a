"""A recognizer finds the same with gates and without."""

import re
from dataclasses import replace

import pytest

from redaction.fragments.context import Context
from redaction.recognizer import MAX_GATES, WORTH_A_GATE, Recognizer

DIGITS = Recognizer(
    name="digits",
    entity="BADGE",
    gate="B-[0-9]",
    gate_kind="prefixes",
    pattern=re.compile(r"B-(?P<value>[0-9]{3})"),
    positive=(),
    negative=(),
)


def find_values(recognizer: Recognizer, text: str, starts: list[int] | None = None) -> list[str]:
    return [text[start:end] for start, end in recognizer.find(text, starts)]


def test_the_value_is_the_group_called_value() -> None:
    assert find_values(DIGITS, "B-123 B-456") == ["123", "456"]


def test_a_rejected_match_hides_no_later_one_inside_it() -> None:
    even = replace(DIGITS, pattern=re.compile("[0-9]{3}"), validate=lambda match: int(match.group()) % 2 == 0)

    assert find_values(even, "1234") == ["234"]


def test_a_value_needs_a_context_word_nearby() -> None:
    near = replace(DIGITS, context=Context(("badge",)))

    assert find_values(near, "badge B-123") == ["123"]
    assert find_values(near, "part B-123") == []


@pytest.mark.parametrize(
    "where",
    [{"starts_at_gate": True}, {"max_lead": 0}, {"max_lead": 2}, {"lead_characters": "x"}, {"dense_gate": True}, {}],
)
@pytest.mark.parametrize("filler", ["", "." * WORTH_A_GATE, "é" * WORTH_A_GATE])
@pytest.mark.parametrize("count", [1, MAX_GATES + 1])
def test_every_way_to_state_the_start_finds_the_same(where: dict, filler: str, count: int) -> None:
    text = filler + "B-1 B-123 xB-456 " * count

    assert find_values(replace(DIGITS, **where), text) == ["123", "456"] * count


def test_known_starts_limit_where_a_pattern_is_tried() -> None:
    text = "B-123 B-456"

    assert find_values(replace(DIGITS, starts_at_gate=True), text, [6]) == ["456"]
    assert find_values(replace(DIGITS, max_lead=0), text, [6]) == ["456"]
    assert find_values(DIGITS, text, []) == []


def test_context_words_are_the_gate_if_there_is_no_other() -> None:
    assert replace(DIGITS, gate="", context=Context(("badge no",))).to_gate().pattern == "(?i:badge[ _.-]?no)"
