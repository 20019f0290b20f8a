"""Inserts under existing keys: redeliveries, conflicts and expired records."""

from datetime import timedelta
from typing import Any

import pytest

from models import LogRecord, TenantPolicy, Verdict, compute_fingerprint, derive_key

HOUR = timedelta(hours=1)


def record(tenant: str, text: str, **stored_as: Any) -> LogRecord:
    """Build a log with the fingerprint of `text`, in any form."""
    key = derive_key(TenantPolicy.get_secret(tenant), "fingerprint")
    attributes = {"original_text": text, "original_fingerprint": compute_fingerprint(key, "a", text)} | stored_as
    return LogRecord(tenant, "a", modified_text="[X]", processed_at="2026-01-31T12:00:00.000Z", **attributes)


FORMS: dict[str, dict[str, Any]] = {
    "older": {"original_fingerprint": None},
    "kept": {},
    "encrypted": {"original": "encrypted", "original_text": "AbC="},
    "dropped": {"original": "dropped", "original_text": "[X]"},
}


@pytest.mark.parametrize("before", FORMS)
@pytest.mark.parametrize("now", FORMS)
def test_a_log_sent_again_under_another_policy_is_a_redelivery(tenant: str, before: str, now: str) -> None:
    assert LogRecord.insert([record(tenant, "text", **FORMS[before])]) == [Verdict.STORED]

    assert LogRecord.insert([record(tenant, "text", **FORMS[now])]) == [Verdict.REDELIVERED]
    assert LogRecord.insert([record(tenant, "another", **FORMS[now])]) == [Verdict.CONFLICT]
    assert LogRecord.of(tenant, "a").original == FORMS[before].get("original")


def test_a_text_encrypted_twice_in_one_insert_is_a_redelivery(tenant: str) -> None:
    # Encrypted twice, one text is two ciphertexts.
    texts = {"AbC=": "text", "DeF=": "text", "GhI=": "another"}

    verdicts = LogRecord.insert(
        [record(tenant, text, original="encrypted", original_text=sealed) for sealed, text in texts.items()]
    )

    assert verdicts == [Verdict.STORED, Verdict.REDELIVERED, Verdict.CONFLICT]


@pytest.mark.parametrize("text", ["text", "another"])
def test_a_log_replaces_an_expired_one_under_the_same_id(tenant: str, text: str) -> None:
    LogRecord.insert([record(tenant, "text", expires_at=-HOUR)])

    assert LogRecord.insert([record(tenant, text, expires_at=HOUR)]) == [Verdict.STORED]

    stored = LogRecord.of(tenant, "a")
    assert stored.original_text == text
    assert not stored.has_expired
    assert LogRecord.insert([record(tenant, text, expires_at=2 * HOUR)]) == [Verdict.REDELIVERED]
    assert LogRecord.of(tenant, "a").expires_at == stored.expires_at


def test_no_read_returns_an_expired_record(tenant: str) -> None:
    LogRecord.insert([record(tenant, "text", expires_at=-HOUR)])

    assert LogRecord.for_tenant(tenant).records == []
    with pytest.raises(LogRecord.DoesNotExist):
        LogRecord.of(tenant, "a")
