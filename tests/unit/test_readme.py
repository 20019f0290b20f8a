"""What README.md shows in Python is what comes out."""

import doctest
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.engine import Engine
from models import AccessRecord, Counts, LogRecord, TenantActivity, Verdict
from settings import ROOT

README = (ROOT / "README.md").read_text()
EXAMPLES = "\n".join(re.findall(r"^```python\n(>>> .*?)^```", README, re.MULTILINE | re.DOTALL))
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


def test_the_examples(five_minutes: None) -> None:
    names: dict[str, Any] = {}
    test = doctest.DocTestParser().get_doctest(EXAMPLES, names, "README.md", "README.md", 0)
    wrong: list[str] = []

    outcome = doctest.DocTestRunner(verbose=False).run(test, out=wrong.append)

    assert outcome.failed == 0, "".join(wrong)
    assert outcome.attempted >= 15
