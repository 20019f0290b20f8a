"""The private parts of google-re2 behave as redaction/gates/re2_adapter.py relies on."""

import ast
from importlib.metadata import version

import pytest
import re2

from redaction.gates.re2_adapter import (
    DEFAULT_MEMORY_BYTES,
    GatesFailed,
    GatesTooLarge,
    compile_pattern,
    compile_search,
    compile_set,
)
from settings import ROOT

CHECKED_VERSION = "1.1.20251105"
UNANCHORED = re2._re2.RE2.Anchor.UNANCHORED


def test_the_installed_google_re2_is_the_one_that_was_checked() -> None:
    assert version("google-re2") == CHECKED_VERSION, (
        "google-re2 was upgraded, and redaction/gates/re2_adapter.py calls private parts of it. Read the package's "
        "re2/__init__.py: do _Regexp._regexp.Match, _re2.RE2.Anchor and Set._set.Match still take and return the same? "
        "Run tests/unit/redaction, compare `make bench-redaction` with the version before, then set CHECKED_VERSION."
    )


def test_only_the_adapter_imports_google_re2() -> None:
    importing = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "redaction").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if (isinstance(node, ast.Import) and any(alias.name.startswith("re2") for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("re2"))
    }

    assert importing == {"redaction/gates/re2_adapter.py"}


def test_the_private_pattern_match_returns_byte_spans() -> None:
    options = re2.Options()
    options.never_capture = True
    match = re2.compile(b"b(b)?", options)._regexp.Match

    assert match(UNANCHORED, "é abbb".encode(), 0, 7)[0] == (4, 6)
    assert match(UNANCHORED, "é abbb".encode(), 5, 6)[0] == (5, 6)
    assert match(UNANCHORED, b"aaa", 0, 3)[0] == (-1, -1)


def test_the_private_set_match_returns_indexes_in_the_order_added() -> None:
    pattern_set = re2.Set.SearchSet()
    assert [pattern_set.Add(pattern) for pattern in ("a", "b", "é")] == [0, 1, 2]
    pattern_set.Compile()

    assert sorted(pattern_set._set.Match("éa".encode())) == [0, 2]
    assert list(pattern_set._set.Match(b"c")) == []


def test_a_search_considers_the_text_before_the_position() -> None:
    search = compile_search("(?m)^a")

    assert search(b"ba\na", 1, 4) == 3


def test_a_search_ignores_the_text_behind_the_end() -> None:
    assert compile_search("ab")(b"xxab", 0, 3) == -1


def test_a_latin_1_search_takes_each_byte_for_a_character() -> None:
    assert compile_search(r"^.\xff?b", latin_1=True)(b"ab", 0, 2) == 0
    assert compile_search("^..b", latin_1=True)("éb".encode(), 0, 3) == 0


def test_a_set_at_the_start_ignores_later_matches() -> None:
    assert compile_set(["a", "b"], DEFAULT_MEMORY_BYTES, at_start=True)(b"ba") == [1]
    assert sorted(compile_set(["a", "b"], DEFAULT_MEMORY_BYTES)(b"ba")) == [0, 1]


def test_a_set_without_a_match_returns_nothing() -> None:
    assert compile_set(["a"], DEFAULT_MEMORY_BYTES)(b"") == []


@pytest.mark.parametrize("pattern", ["(?=a)", "(?:[a-z]{100}){9}"])
def test_a_rejected_set_reports_how_many_gates_it_has(pattern: str) -> None:
    with pytest.raises(GatesTooLarge, match="1 gates"):
        compile_set([pattern], 1 << 16)


def test_an_empty_set_result_means_that_re2_gave_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # A set that was never compiled fails in the way of one that has no memory left: it returns an empty list.
    monkeypatch.setattr(re2.Set, "Compile", lambda _set: None)

    with pytest.raises(GatesFailed):
        compile_set(["a"], DEFAULT_MEMORY_BYTES)(b"a")


def test_a_pattern_that_re2_rejects_is_a_value_error_with_the_reason() -> None:
    with pytest.raises(ValueError, match="missing"):
        compile_pattern("(x")
