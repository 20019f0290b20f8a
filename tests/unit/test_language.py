"""Names and docstrings keep to the language that CONTRIBUTING.md asks for.

ruff checks the form of docstrings (its D rules), this the words.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT

PACKAGES = (
    "broker",
    "commands",
    "foundation",
    "local",
    "models",
    "originals",
    "redaction",
    "scripts",
    "tasks",
    "webapp",
)
MAX_SUMMARY_WORDS = 12
MAX_RELATION_NAMES = 0.01

# Words of a sentence's other parts: a function's docstring that begins with one names a thing, not an action.
NOT_VERBS = (
    "a all an and any as at because both but by each either every for from how if in it its no none "
    "not nothing of on once only or since so some than that the their then there these they this "
    "those three to two what when where whether which who whom whose with without "
)
VAGUE_WORDS = re.compile(r"(?:^|_)(?:places?|told|says|said|its|some|knows|whose)(?:_|$)", re.IGNORECASE)
RELATION_NAME = re.compile(r"_of(?:_|$)")

FILES = sorted(
    [*ROOT.glob("*.py"), *(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))],
)


def file_id(file: Path) -> str:
    return str(file.relative_to(ROOT))


def documented_nodes(file: Path) -> Iterator[tuple[ast.AST, str]]:
    """Yield each documented module, class and function, and the docstring."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
            yield node, text


def is_property(node: ast.FunctionDef) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in node.decorator_list)


def identifiers(file: Path) -> Iterator[str]:
    """Yield every name that a file defines."""
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name


@pytest.mark.parametrize("file", FILES, ids=file_id)
def test_docstrings_begin_with_a_short_summary_and_in_functions_with_a_verb(file: Path) -> None:
    for node, text in documented_nodes(file):
        summary = text.splitlines()[0]
        where = f"{getattr(node, 'name', 'the module')}: {summary}"
        assert len(summary.split()) <= MAX_SUMMARY_WORDS, where
        if isinstance(node, ast.FunctionDef) and not is_property(node):
            assert summary.split()[0].lower().strip("`,.") not in NOT_VERBS.split(), where


@pytest.mark.parametrize("file", FILES, ids=file_id)
def test_every_module_has_a_docstring(file: Path) -> None:
    assert ast.get_docstring(ast.parse(file.read_text()))


@pytest.mark.parametrize("file", FILES, ids=file_id)
def test_no_identifier_is_vague(file: Path) -> None:
    assert [name for name in identifiers(file) if VAGUE_WORDS.search(name)] == []


def test_functions_are_named_for_what_they_do() -> None:
    names = [
        node.name
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef)
    ]
    relations = [name for name in names if RELATION_NAME.search(name)]

    assert len(relations) < MAX_RELATION_NAMES * len(names), relations
