"""Python examples of the documents, run as they are."""

import doctest
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.engine import Engine
from models import AccessRecord, Counts, LogRecord, TenantActivity, Verdict
from settings import ROOT

# Each with the number of lines that it runs at least.
DOCUMENTS = {"README.md": 15, "docs/reading.md": 8}
OWN, MADE = "uuid-1234", "01a2045b-bd92-777c-b479-38fcf114e6b2"


@pytest.fixture
def five_minutes(engine: Engine) -> None:
    """What the README's first curls have stored, and what was counted of them and read since."""
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


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_examples_of_a_document_give_what_it_shows(five_minutes: None, document: str) -> None:
    text = (ROOT / document).read_text()
    examples = "\n".join(re.findall(r"^```python\n(>>> .*?)^```", text, re.MULTILINE | re.DOTALL))
    names: dict[str, Any] = {}
    test = doctest.DocTestParser().get_doctest(examples, names, document, document, 0)
    wrong: list[str] = []

    outcome = doctest.DocTestRunner(verbose=False).run(test, out=wrong.append)

    assert outcome.failed == 0, "".join(wrong)
    assert outcome.attempted >= DOCUMENTS[document]
