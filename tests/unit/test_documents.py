"""The documents are true: examples run, links lead somewhere, named commands exist."""

import doctest
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from broker.failures import dead_letter
from commands.main import sluice
from local.engine import Engine
from models import AccessRecord, Counts, LogRecord, TenantActivity, Verdict
from redaction import Redactor
from settings import ROOT
from tasks.failures import Reason

README = ROOT / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")])
MAX_README_LINES = 180
FILES_OF_EXAMPLES = {"redaction/recognizers/people/badge.py"}
"""Files that a page asks its reader to create."""
OWN, MADE = "uuid-1234", "01a2045b-bd92-777c-b479-38fcf114e6b2"


@pytest.fixture
def five_minutes(engine: Engine) -> None:
    """Store the logs of the README's curls, and activity and access.

    Other pages show the activity and the access record.
    """
    for record in LogRecord.query("tenant-1"):
        record.delete()
    for access in AccessRecord.query("tenant-1"):
        access.delete()
    processed_at = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="milliseconds")
    records = [
        LogRecord("tenant-1", log_id, original_text=text, modified_text=redacted, processed_at=processed_at, **found)
        for log_id, text, redacted, found in (
            (OWN, "Customer 555-123-4567 logged in", "Customer [PHONE] logged in", {"redactions": {"PHONE": 1}}),
            (MADE, "Raw log text here", "Raw log text here", {}),
        )
    ]
    assert LogRecord.insert(records) == [Verdict.STORED] * 2
    for row in TenantActivity.query("tenant-1"):
        row.delete()
    TenantActivity.add("tenant-1", datetime(2026, 1, 31, 12, tzinfo=UTC), Counts(stored=2))
    AccessRecord.add("tenant-1", "G7kqW2bnTz0mXc4R", "a-request", [OWN])


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def read_examples(page: Path) -> str:
    return "\n".join(re.findall(r"^```python\n(>>> .*?)^```", page.read_text(), re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("page", [page for page in PAGES if read_examples(page)], ids=page_id)
def test_python_examples_return_what_the_page_shows(five_minutes: None, page: Path) -> None:
    names: dict[str, Any] = {}
    test = doctest.DocTestParser().get_doctest(read_examples(page), names, page.name, str(page), 0)
    wrong: list[str] = []

    outcome = doctest.DocTestRunner(verbose=False).run(test, out=wrong.append)

    assert outcome.failed == 0, "".join(wrong)
    assert outcome.attempted


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len(README.read_text().splitlines()) <= MAX_README_LINES


def test_the_logs_in_the_readme_are_redacted_as_the_table_shows() -> None:
    table = README.read_text().partition("| a log as sent | as stored |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(.*)` \| (?:`(.*)`|unchanged) \|$", table, re.MULTILINE)

    assert len(rows) >= 5
    for sent, stored in rows:
        assert Redactor().redact(sent).text == (stored or sent)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), link
        assert not anchor or anchor in anchors(file), link


def test_the_index_lists_every_page_in_docs() -> None:
    index = (ROOT / "docs/README.md").read_text()
    pages = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").glob("*.md")} - {"README.md"}

    assert {page for page in pages if f"({page})" not in index} == set()


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_make_target_that_a_document_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"`make ([a-z-]+)", page.read_text())) <= targets


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_source_file_that_a_document_names_exists(page: Path) -> None:
    packages = "benchmarks|broker|commands|foundation|local|models|originals|redaction|scripts|tasks|tests|webapp"
    named = set(re.findall(rf"(?<![\w/.-])(?:{packages})/[\w/-]+\.(?:py|sh)\b", page.read_text()))

    assert {name for name in named - FILES_OF_EXAMPLES if not (ROOT / name).exists()} == set()


def documented_commands(page: Path) -> list[str]:
    """Return the arguments of each `./sluice …` on a page.

    A comment, a pipe or the end of the code ends them.
    """
    return re.findall(r"\./sluice ((?:[^`\n|#>)]|\|(?= --| FILE))+)", page.read_text())


@pytest.mark.parametrize("page", [page for page in PAGES if documented_commands(page)], ids=page_id)
def test_every_command_and_option_that_a_document_names_exists(page: Path) -> None:
    for line in documented_commands(page):
        command: click.Command = sluice
        for word in line.split():
            if isinstance(command, click.Group):
                if word.startswith(("-", "…")):
                    break
                assert word in command.commands, line
                command = command.commands[word]
        options = {option for parameter in command.params for option in parameter.opts} | {"--help", "--version"}
        assert set(re.findall(r"(?<!\S)\[?(--[a-z-]+)", line)) <= options, line


@pytest.mark.parametrize("page", ["dead-letters.md", "operations.md"])
def test_every_dead_letter_reason_is_explained(page: str) -> None:
    rows = set(re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs" / page).read_text(), re.MULTILINE))

    assert {*map(str, Reason), dead_letter.TOO_MANY_RECEIVES, dead_letter.UNREADABLE} <= rows
