"""Each recognizer by itself, held to the examples that it carries."""

import re
from functools import cache

import pytest

from models import ENTITY_PATTERN
from redaction import Redactor
from redaction.fragments.boundaries import GATE_DIGIT_START, GATE_START
from redaction.gates.gates import Gates
from redaction.recognizer import Recognizer
from redaction.recognizers import RECOGNIZERS

REDACTOR = Redactor()
POSITIVE = [
    pytest.param(recognizer, line, value, id=f"{recognizer.name}-{number}")
    for recognizer in RECOGNIZERS
    for number, (line, value) in enumerate(recognizer.positive, 1)
]
NEGATIVE = [
    pytest.param(recognizer, line, id=f"{recognizer.name}-{number}")
    for recognizer in RECOGNIZERS
    for number, line in enumerate(recognizer.negative, 1)
]
each_recognizer = pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda recognizer: recognizer.name)

# Logs are full of these; no recognizer, alone or together with others, may touch them.
INNOCENT = [
    "request 3187c8df-9524-4f28-9602-8de71159b42b",
    "uuid 01234567-1234-1234-1234-123456789012",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "commit 4111111111111111aaaa1111111111111111bbbb",
    "epochs 1700000000 1700000000123 1700000000123456 1700000000123456789",
    "2024-02-03T06:37:40.309559+02:00 2024-02-03 06:37:40,309 [03/Feb/2024:06:37:40 +0000]",
    "lodash@4.17.1 react@18.2.0 python-3.11.7 v1.2.3.4 Chrome/120.0.0.0",
    "order ORD-2024-0001234 invoice INV-555-123-4567 order_id=548889788",
    "took 12.345 ms, 81917630 bytes, pid 62153, 0x7fff5fbff8c0",
    "std::vector<std::string> at main.cc:12:30",
    "",
]


@cache
def get_gates(recognizer: Recognizer) -> Gates:
    return Gates([recognizer.to_gate()])


@pytest.mark.parametrize(("recognizer", "line", "value"), POSITIVE)
def test_a_recognizer_finds_exactly_the_value(recognizer: Recognizer, line: str, value: str) -> None:
    assert [line[start:end] for start, end in recognizer.find(line)] == [value]


@pytest.mark.parametrize(("recognizer", "line", "value"), POSITIVE)
def test_the_engine_finds_the_same_value_and_entity(recognizer: Recognizer, line: str, value: str) -> None:
    assert REDACTOR.redact(line).text == line.replace(value, f"[{recognizer.entity}]")


@pytest.mark.parametrize(("recognizer", "line"), NEGATIVE)
def test_a_recognizer_finds_nothing_in_a_negative_example(recognizer: Recognizer, line: str) -> None:
    assert recognizer.find(line) == []


@pytest.mark.parametrize("line", INNOCENT)
def test_a_line_without_personal_data_is_left_alone(line: str) -> None:
    assert REDACTOR.redact(line).text == line


@pytest.mark.parametrize(("recognizer", "line", "value"), POSITIVE)
def test_the_gate_matches_the_line(recognizer: Recognizer, line: str, value: str) -> None:
    assert get_gates(recognizer).match_text(line)
    assert re.search(recognizer.gate_pattern, line)


@each_recognizer
def test_no_run_in_the_gate_goes_on_into_the_next_text(recognizer: Recognizer) -> None:
    # Texts are searched together, a line each: a run that takes line feeds would read the following texts again and
    # again.
    runs = re.findall(r"\[\^((?:\\.|[^\]\\])+)\][|\\.)]*(?:[*+]|\{\d+,\})", recognizer.gate_pattern)
    assert all("\n" in excluded or "\\n" in excluded or "\\x00-" in excluded for excluded in runs)


@each_recognizer
def test_a_recognizer_has_positive_and_negative_examples(recognizer: Recognizer) -> None:
    assert recognizer.positive
    assert recognizer.negative


@each_recognizer
def test_policies_and_queries_can_name_the_entity(recognizer: Recognizer) -> None:
    assert re.fullmatch(ENTITY_PATTERN, recognizer.entity), (
        f"{recognizer.name}: entity={recognizer.entity!r} must match {ENTITY_PATTERN}, as in EMPLOYEE_ID"
    )


@each_recognizer
def test_a_recognizer_has_a_gate(recognizer: Recognizer) -> None:
    assert recognizer.gate_pattern, f"{recognizer.name}: without a gate it is never run: give it a gate or a context"


@each_recognizer
def test_starts_at_gate_does_not_go_with_gate_start(recognizer: Recognizer) -> None:
    starts_before_the_value = recognizer.gate_pattern.startswith((GATE_START, GATE_DIGIT_START))
    assert not (recognizer.starts_at_gate and starts_before_the_value), (
        f"{recognizer.name}: a gate with GATE_START or GATE_DIGIT_START begins one character before the value, so the "
        "pattern does not start at the gate: write max_lead=0 instead of starts_at_gate=True"
    )


@each_recognizer
def test_a_recognizer_states_once_where_the_pattern_starts(recognizer: Recognizer) -> None:
    stated = (recognizer.starts_at_gate, recognizer.max_lead is not None, recognizer.lead_characters != "")
    assert sum(stated) <= 1, f"{recognizer.name}: set one of starts_at_gate, max_lead and lead_characters"


def test_skip_inside_names_an_earlier_recognizer() -> None:
    earlier = set()
    for recognizer in RECOGNIZERS:
        assert not recognizer.skip_inside or recognizer.skip_inside in earlier, recognizer.name
        earlier.add(recognizer.name)


def test_names_are_unique() -> None:
    names = [recognizer.name for recognizer in RECOGNIZERS]

    assert len(set(names)) == len(names)
