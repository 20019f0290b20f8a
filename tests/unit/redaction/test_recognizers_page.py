"""The examples of docs/recognizers.md work as written."""

import importlib
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from redaction.fragments import boundaries
from redaction.gates.gates import Gate, Gates
from redaction.recognizer import Recognizer
from settings import ROOT

PAGE = (ROOT / "docs" / "recognizers.md").read_text()
BLOCKS = [textwrap.dedent(block) for block in re.findall(r"^ *```python\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)]
GATES = re.findall(r"`gate=(r.*?)` \|$", PAGE, re.MULTILINE)
PATTERNS = re.findall(r"`pattern=(r.*?)` \|$", PAGE, re.MULTILINE)
NAMES = {**vars(boundaries), "re": re}


def run_block(block: str) -> tuple[Recognizer, ...]:
    names: dict[str, tuple[Recognizer, ...]] = {}
    exec(block, names)  # the page is ours
    return names["RECOGNIZERS"]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: re.search('name="(.*)"', block)[1])
def test_a_recognizer_on_the_page_finds_the_stated_value(block: str) -> None:
    (recognizer,) = run_block(block)
    gates = Gates([recognizer.to_gate()])

    for line, value in recognizer.positive:
        assert [line[start:end] for start, end in recognizer.find(line)] == [value]
        (starts,) = gates.matches_by_text([line])[0].values()
        assert [line[start:end] for start, end in recognizer.find(line, starts)] == [value]
    for line in recognizer.negative:
        assert recognizer.find(line) == []


def test_the_page_has_all_examples() -> None:
    assert len(BLOCKS) == 3
    assert len(GATES) == 10
    assert len(PATTERNS) == 5


@pytest.mark.parametrize("gate", GATES)
def test_re2_accepts_a_gate_on_the_page(gate: str) -> None:
    Gates([Gate(eval(gate, dict(NAMES)), "words")])  # the page is ours


@pytest.mark.parametrize("pattern", PATTERNS)
def test_re_accepts_a_pattern_on_the_page(pattern: str) -> None:
    re.compile(eval(pattern, dict(NAMES)))  # the page is ours


@pytest.fixture
def copied_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Import `redaction` from a copy for the duration of a test."""
    shutil.copytree(ROOT / "redaction", tmp_path / "redaction", ignore=shutil.ignore_patterns("__pycache__"))
    for name in [name for name in sys.modules if name.split(".")[0] == "redaction"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path / "redaction"
    for name in [name for name in sys.modules if name.split(".")[0] == "redaction"]:
        del sys.modules[name]


def test_the_five_steps_end_in_the_output_shown(copied_engine: Path) -> None:
    badge = copied_engine / re.search(r"`redaction/(recognizers/people/badge.py)`", PAGE)[1]
    badge.write_text(BLOCKS[0])
    registry = copied_engine / "recognizers" / "__init__.py"
    imported = "from redaction.recognizers.people import badge\n\nRECOGNIZERS: tuple"
    source = registry.read_text().replace("\nRECOGNIZERS: tuple", imported)
    registry.write_text(source.replace("\n)\n\nENTITIES", "\n    *badge.RECOGNIZERS,\n)\n\nENTITIES"))
    line, shown, explained = re.search(r'\$ echo "(.*)" \|.*\n +(.*)\n +(.*)\n', PAGE).groups()

    redaction = importlib.import_module("redaction").Redactor().redact(line)

    assert importlib.import_module("redaction").__file__ == str(copied_engine / "__init__.py")
    assert redaction.text == shown
    (entity,) = redaction.entities
    assert explained == (
        f"{entity.type} {entity.start}-{entity.end} by {entity.rule}: {line[entity.start : entity.end]}"
    )
