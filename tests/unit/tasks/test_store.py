"""Store task as a function, on the real table."""

from models import LogRecord
from tasks.batch import RedactedBatch, RedactedLog
from tasks.store import store


def make_logs(*logs: tuple[str, str]) -> tuple[RedactedLog, ...]:
    return tuple(RedactedLog(log_id, text, text, "2026-01-31T12:00:00.000Z") for log_id, text in logs)


def test_one_conflict_does_not_keep_99_other_logs_from_being_stored(tenant: str) -> None:
    store.run(RedactedBatch(tenant, "r", make_logs(("042", "the first"))))

    result = store.run(RedactedBatch(tenant, "r", make_logs(*((f"{number:03}", "another") for number in range(100)))))

    (part,) = result.failed
    assert part.reason == "conflict"
    assert [log["log_id"] for log in part.payload["logs"]] == ["042"]
    assert LogRecord.of(tenant, "042").original_text == "the first"
    assert LogRecord.count(tenant) == 100


def test_a_log_that_can_never_be_stored_fails_alone(tenant: str) -> None:
    result = store.run(RedactedBatch(tenant, "r", make_logs(("large", "x" * 250_000), ("small", "x"))))

    (part,) = result.failed
    assert part.reason == "not_storable"
    assert [log["log_id"] for log in part.payload["logs"]] == ["large"]
    assert LogRecord.of(tenant, "small").original_text == "x"


def test_texts_under_one_id_are_compared_with_the_stored_one(tenant: str) -> None:
    store.run(RedactedBatch(tenant, "r", make_logs(("a", "stored"))))
    large = "x" * 250_000
    logs = (("a", "1"), ("a", "stored"), ("a", "1"), ("b", large), ("b", "2"), ("b", "3"), ("b", "2"))

    result = store.run(RedactedBatch(tenant, "r", make_logs(*logs)))

    failed = {
        (part.reason, log["log_id"], log["original_text"]) for part in result.failed for log in part.payload["logs"]
    }
    assert failed == {("conflict", "a", "1"), ("not_storable", "b", large), ("conflict", "b", "3")}
    assert result.retry is None
    assert LogRecord.of(tenant, "b").original_text == "2"
