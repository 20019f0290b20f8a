"""A log that comes again is known by its original, however that is stored; an expired one is as good as gone."""

from datetime import timedelta
from typing import Any

import pytest

from models import LogRecord, TenantPolicy, Verdict, derived_key, fingerprint_of

HOUR = timedelta(hours=1)


def record(tenant: str, text: str, **stored_as: Any) -> LogRecord:
    """A log with the fingerprint of `text`, whatever it is stored as."""
    key = derived_key(TenantPolicy.secret_of(tenant), "fingerprint")
    attributes = {"original_text": text, "original_fingerprint": fingerprint_of(key, "a", text)} | stored_as
    return LogRecord(tenant, "a", modified_text="[X]", processed_at="2026-01-31T12:00:00.000Z", **attributes)


WAYS: dict[str, dict[str, Any]] = {
    "older": {"original_fingerprint": None},
    "kept": {},
    "encrypted": {"original": "encrypted", "original_text": "AbC="},
    "dropped": {"original": "dropped", "original_text": "[X]"},
}


@pytest.mark.parametrize("before", WAYS)
@pytest.mark.parametrize("now", WAYS)
def test_the_same_log_under_another_policy_is_a_redelivery(tenant: str, before: str, now: str) -> None:
    assert LogRecord.insert([record(tenant, "text", **WAYS[before])]) == [Verdict.STORED]

    assert LogRecord.insert([record(tenant, "text", **WAYS[now])]) == [Verdict.REDELIVERED]
    assert LogRecord.insert([record(tenant, "another", **WAYS[now])]) == [Verdict.CONFLICT]
    assert LogRecord.of(tenant, "a").original == WAYS[before].get("original")


def test_a_log_id_used_twice_in_one_insert(tenant: str) -> None:
    # Encrypted twice, one text is two ciphertexts.
    texts = {"AbC=": "text", "DeF=": "text", "GhI=": "another"}

    verdicts = LogRecord.insert(
        [record(tenant, text, original="encrypted", original_text=sealed) for sealed, text in texts.items()]
    )

    assert verdicts == [Verdict.STORED, Verdict.REDELIVERED, Verdict.CONFLICT]


def test_two_logs_with_one_original_have_two_fingerprints() -> None:
    assert fingerprint_of(bytes(32), "a", "text") != fingerprint_of(bytes(32), "b", "text")
    assert fingerprint_of(bytes(32), "a", "btext") != fingerprint_of(bytes(32), "ab", "text")


@pytest.mark.parametrize("text", ["text", "another"])
def test_a_log_takes_the_place_of_one_that_has_expired(tenant: str, text: str) -> None:
    LogRecord.insert([record(tenant, "text", expires_at=-HOUR)])

    assert LogRecord.insert([record(tenant, text, expires_at=HOUR)]) == [Verdict.STORED]

    stored = LogRecord.of(tenant, "a")
    assert stored.original_text == text
    assert not stored.has_expired
    assert LogRecord.insert([record(tenant, text, expires_at=2 * HOUR)]) == [Verdict.REDELIVERED]
    assert LogRecord.of(tenant, "a").expires_at == stored.expires_at


def test_what_has_expired_is_not_read(tenant: str) -> None:
    LogRecord.insert([record(tenant, "text", expires_at=-HOUR)])

    assert LogRecord.for_tenant(tenant).records == []
    with pytest.raises(LogRecord.DoesNotExist):
        LogRecord.of(tenant, "a")
