"""Fields of a log from the message to the record."""

import msgspec
from msgspec.structs import fields
from pynamodb.attributes import MapAttribute

from models import LogRecord
from tasks.batch import Batch, Log, RedactedBatch, RedactedLog
from tasks.redact import redact
from tasks.store import build_records

LOG = Log("a", "mail ada@example.com", "2026-01-31T11:00:00.000Z")
REDACTED_LOG = RedactedLog(
    "a", "mail ada@example.com", "mail [EMAIL]", "2026-01-31T12:00:00.000Z", {"EMAIL": 1}, "2026-01-31T11:00:00.000Z"
)
RENAMED = {"text": "original_text"}


def require_every_field(record: LogRecord) -> None:
    """Assert that a record has what the redacted log has."""
    for field in fields(RedactedLog):
        value = getattr(record, field.name)
        value = value.as_dict() if isinstance(value, MapAttribute) else value
        assert value == getattr(REDACTED_LOG, field.name), field.name


def test_the_samples_have_a_value_in_every_field() -> None:
    for sample in (LOG, REDACTED_LOG):
        assert all(getattr(sample, field.name) for field in fields(sample)), "give the new field a value in the sample"


def test_each_log_field_reaches_the_redacted_log(tenant: str) -> None:
    result = redact.run(Batch(tenant, "request-1", (LOG,)))

    (redacted,) = result.done.logs
    for field in fields(Log):
        assert getattr(redacted, RENAMED.get(field.name, field.name)) == getattr(LOG, field.name), field.name


def test_each_redacted_log_field_reaches_the_record(tenant: str) -> None:
    (record,) = build_records(RedactedBatch(tenant, "request-1", (REDACTED_LOG,)))

    require_every_field(record)


def test_each_redacted_log_field_is_stored(tenant: str) -> None:
    LogRecord.insert(build_records(RedactedBatch(tenant, "request-1", (REDACTED_LOG,))))

    require_every_field(LogRecord.of(tenant, REDACTED_LOG.log_id))


def test_a_batch_from_the_version_before_is_read() -> None:
    # It lacks the fields that are newer.
    old = {"tenant_id": "t", "request_id": "r", "logs": [{"log_id": "a", "text": "text"}]}

    assert msgspec.convert(old, Batch) == Batch("t", "r", (Log("a", "text"),))


def test_a_batch_from_the_version_after_is_read() -> None:
    # It may have further fields.
    new = {"tenant_id": "t", "request_id": "r", "logs": [{"log_id": "a", "text": "text", "host": "h"}], "format": 2}

    assert msgspec.convert(new, Batch) == Batch("t", "r", (Log("a", "text"),))
