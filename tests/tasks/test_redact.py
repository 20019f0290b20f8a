"""The redact task as a function."""

from tasks.batch import Batch, Log, RedactedBatch
from tasks.redact import redact


def test_every_log_keeps_its_place_its_id_and_its_original() -> None:
    batch = Batch("tenant-1", "request-1", (Log("a", "mail ada@example.com"), Log("b", "nothing here")))

    outcome = redact.run(batch)

    assert isinstance(outcome.done, RedactedBatch)
    assert (outcome.done.tenant_id, outcome.done.request_id) == ("tenant-1", "request-1")
    assert [(log.log_id, log.original_text, log.modified_text) for log in outcome.done.logs] == [
        ("a", "mail ada@example.com", "mail [EMAIL]"),
        ("b", "nothing here", "nothing here"),
    ]
    assert outcome.unavailable is None
    assert outcome.failed == ()
