"""Each recognizer by itself, held to the examples that it carries."""

import re

import pytest

from redaction import Redactor
from redaction.gates.gates import Re2Gates, ReGates
from redaction.recognizer import Recognizer
from redaction.recognizers import RECOGNIZERS

POSITIVE = [(recognizer, line, value) for recognizer in RECOGNIZERS for line, value in recognizer.positive]
NEGATIVE = [(recognizer, line) for recognizer in RECOGNIZERS for line in recognizer.negative]

# What logs are full of and what no recognizer, alone or together, may touch.
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


@pytest.mark.parametrize(("recognizer", "line", "value"), POSITIVE)
def test_finds_exactly_the_value(recognizer: Recognizer, line: str, value: str) -> None:
    assert [line[start:end] for start, end in recognizer.find(line)] == [value]


@pytest.mark.parametrize(("recognizer", "line", "value"), POSITIVE)
def test_the_whole_engine_names_it_the_same(recognizer: Recognizer, line: str, value: str) -> None:
    assert Redactor().redact(line).text == line.replace(value, f"[{recognizer.entity}]")


@pytest.mark.parametrize(("recognizer", "line"), NEGATIVE)
def test_finds_nothing(recognizer: Recognizer, line: str) -> None:
    assert recognizer.find(line) == []


@pytest.mark.parametrize("line", INNOCENT)
def test_leaves_what_is_not_personal(line: str) -> None:
    assert Redactor().redact(line).text == line


@pytest.mark.parametrize(("recognizer", "line", "value"), POSITIVE)
def test_the_gate_opens_for_it(recognizer: Recognizer, line: str, value: str) -> None:
    assert Re2Gates([recognizer.gate_pattern]).matching(line)
    assert ReGates([recognizer.gate_pattern]).matching(line)


@pytest.mark.parametrize("recognizer", RECOGNIZERS)
def test_no_run_in_its_gate_goes_on_into_the_texts_behind(recognizer: Recognizer) -> None:
    # Texts are searched together, a line each: one in which a run starts would have the others read again and again.
    runs = re.findall(r"\[\^((?:\\.|[^\]\\])+)\][|\\.)]*(?:[*+]|\{\d+,\})", recognizer.gate_pattern)
    assert all("\n" in signs or "\\n" in signs or "\\x00-" in signs for signs in runs)


@pytest.mark.parametrize("recognizer", RECOGNIZERS)
def test_every_recognizer_carries_both_kinds_of_example(recognizer: Recognizer) -> None:
    assert recognizer.positive
    assert recognizer.negative


def test_skip_inside_names_an_earlier_recognizer() -> None:
    earlier = set()
    for recognizer in RECOGNIZERS:
        assert not recognizer.skip_inside or recognizer.skip_inside in earlier, recognizer.name
        earlier.add(recognizer.name)


def test_names_are_unique() -> None:
    names = [recognizer.name for recognizer in RECOGNIZERS]

    assert len(set(names)) == len(names)
