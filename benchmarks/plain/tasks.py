"""Celery tasks of one log each: redact, then store."""

from datetime import UTC, datetime
from typing import Any

from pynamodb.exceptions import PutError

from benchmarks.plain.names import PREFIX, REDACT, STORE
from benchmarks.plain.record import PlainRecord, absent
from benchmarks.stock import stock_app
from models.tables.connection import is_condition_failure
from redaction import Redactor

app = stock_app("plain", PREFIX)
# One publisher for each thread of web that answers at a time.
app.conf.broker_pool_limit = 16

_redactor = Redactor()


@app.task(queue=REDACT)
def redact(log: dict[str, str]) -> dict[str, str]:
    """Add `modified_text` to a log."""
    return log | {"modified_text": _redactor.redact(log["original_text"]).text}


@app.task(bind=True, queue=STORE, max_retries=200)
def store(self: Any, log: dict[str, str]) -> None:
    """Put the log, unless its id is taken."""
    record = PlainRecord(
        tenant_id=log["tenant_id"],
        log_id=log["log_id"],
        original_text=log["original_text"],
        modified_text=log["modified_text"],
        processed_at=datetime.now(UTC).isoformat(),
    )
    try:
        record.save(absent)
    except PutError as error:
        if not is_condition_failure(error):
            raise self.retry(exc=error, countdown=1) from None
