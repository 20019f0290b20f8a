"""Data keys of tenants, made by the engine's KMS, kept in its table and for a while in memory."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from foundation import aws_clients
from foundation.timestamps import get_timestamp
from local.engine import Engine
from models import DataKey, LogRecord, data_keys
from models.crypto import keyring
from models.crypto.keyring import Keyring
from originals import KeyFile, KeysUnavailable, Kms, OriginalUnreadable
from settings import settings
from tests.support.fault_proxy import FaultProxy
from tests.support.kms_key import KmsKey
from tests.support.waiting import wait_for


@pytest.fixture
def key(engine: Engine) -> KmsKey:
    return KmsKey()


@pytest.fixture
def process(key: KmsKey, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Keyring]:
    """What a process of its own has, with KMS behind the proxy."""
    behind = settings.model_copy(update={"aws_endpoint_url": proxy.url})
    monkeypatch.setattr(aws_clients, "settings", behind)
    return lambda: Keyring(Kms(key.alias))


def keys_of(tenant: str) -> list[DataKey]:
    return list(DataKey.query(tenant, consistent_read=True))


def test_a_key_serves_many_texts(process: Callable[[], Keyring], proxy: FaultProxy, tenant: str) -> None:
    mine = process()

    ciphers = {mine.to_seal(tenant, 100, 30_000) for _ in range(100)}

    assert len(ciphers) == 1
    assert (proxy.calls["GenerateDataKey"], proxy.calls["Decrypt"]) == (1, 0)


def test_processes_of_a_tenant_share_its_newest_key(
    process: Callable[[], Keyring], proxy: FaultProxy, key: KmsKey, tenant: str
) -> None:
    sealed = process().to_seal(tenant, 1, 4).seal("a", "text")

    theirs = process()
    theirs.to_seal(tenant, 1, 4)

    (row,) = keys_of(tenant)
    assert row.wrapped_by == key.arn
    assert (proxy.calls["GenerateDataKey"], proxy.calls["Decrypt"]) == (1, 1)
    for _ in range(3):
        assert theirs.to_open(tenant, row.key_id).open("a", sealed) == "text"
    assert proxy.calls["Decrypt"] == 2


def test_each_tenant_has_its_own(process: Callable[[], Keyring], tenant: str) -> None:
    other = f"{tenant}-other"
    mine = process()
    key_id = mine.to_seal(tenant, 1, 4).key_id

    assert mine.to_seal(other, 1, 4).key_id != key_id
    with pytest.raises(OriginalUnreadable, match="was deleted"):
        mine.to_open(other, key_id)
    # Not even its wrapped key is of use under another tenant's name: it is KMS that refuses.
    (row,) = keys_of(tenant)
    DataKey.add(other, key_id, row.wrapped, row.wrapped_by)
    with pytest.raises(OriginalUnreadable, match="InvalidCiphertextException"):
        mine.to_open(other, key_id)


def test_threads_that_come_at_once_get_one_key(process: Callable[[], Keyring], proxy: FaultProxy, tenant: str) -> None:
    mine, together = process(), Barrier(8)

    def seal(_: int) -> str:
        together.wait()
        return mine.to_seal(tenant, 1, 4).key_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(seal, range(8)))) == 1
    assert proxy.calls["GenerateDataKey"] == 1


@pytest.mark.parametrize(("texts", "size"), [(1 << 24, 1), (1, 1 << 36)])
def test_a_key_is_used_up(process: Callable[[], Keyring], tenant: str, texts: int, size: int) -> None:
    mine = process()

    assert mine.to_seal(tenant, texts, size).key_id != mine.to_seal(tenant, 1, 1).key_id
    assert len(keys_of(tenant)) == 2


def test_a_key_that_is_a_day_old_encrypts_nothing_any_more(process: Callable[[], Keyring], tenant: str) -> None:
    first = process().to_seal(tenant, 1, 4)
    (row,) = keys_of(tenant)
    row.update([DataKey.created_at.set("2026-01-31T12:00:00Z")])
    assert row.created_at < get_timestamp()

    second = process().to_seal(tenant, 1, 4)

    assert second.key_id > first.key_id
    assert process().to_open(tenant, first.key_id).open("a", first.seal("a", "text")) == "text"


def test_the_kms_key_is_replaced(process: Callable[[], Keyring], key: KmsKey, tenant: str) -> None:
    first = process().to_seal(tenant, 1, 4)
    old = key.arn
    key.replace()

    # What was encrypted is read for as long as the old one is enabled.
    assert process().to_open(tenant, first.key_id).open("a", first.seal("a", "text")) == "text"
    new, key.arn = key.arn, old
    key.disable()

    assert process().to_seal(tenant, 1, 4).key_id != first.key_id
    assert [row.wrapped_by for row in keys_of(tenant)] == [old, new]
    with pytest.raises(OriginalUnreadable, match=r"can't be decrypted: KMS, (Disabled|KMSInvalidState)Exception"):
        process().to_open(tenant, first.key_id)


def test_a_kms_key_that_is_not_there_is_waited_for(engine: Engine, tenant: str) -> None:
    with pytest.raises(KeysUnavailable, match="KMS, NotFoundException"):
        Keyring(Kms("alias/none")).to_seal(tenant, 1, 4)


@pytest.mark.parametrize("way", ["refuse", "throttle", "500"])
def test_without_kms(
    process: Callable[[], Keyring], proxy: FaultProxy, tenant: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "TRY_AGAIN_SECONDS", 600.0)
    mine = process()
    known = mine.to_seal(tenant, 1, 4)
    match way:
        case "refuse":
            proxy.refuse("kms")
        case "throttle":
            proxy.status(400, "ThrottlingException", "kms")
        case "500":
            proxy.status(500, "KMSInternalException", "kms")

    # Known keys serve on.
    assert mine.to_seal(tenant, 1, 4) is known
    with pytest.raises(KeysUnavailable, match="KMS, "):
        mine.to_seal(f"{tenant}-new", 1, 4)
    with pytest.raises(KeysUnavailable, match="KMS, "):
        process().to_open(tenant, known.key_id)
    # While it is known to fail nobody asks it.
    calls = proxy.calls.total()
    with pytest.raises(KeysUnavailable, match="KMS, "):
        mine.to_seal(f"{tenant}-another", 1, 4)
    assert proxy.calls.total() == calls

    proxy.clear()
    assert process().to_open(tenant, known.key_id)


def test_it_is_asked_again_after_a_while(process: Callable[[], Keyring], proxy: FaultProxy, tenant: str) -> None:
    mine = process()
    proxy.refuse("kms")
    with pytest.raises(KeysUnavailable):
        mine.to_seal(tenant, 1, 4)

    proxy.clear()

    def seals() -> bool:
        with contextlib.suppress(KeysUnavailable):
            return mine.to_seal(tenant, 1, 4) is not None
        return False

    wait_for("a key", seals)


def test_without_dynamodb_no_key_is_used_that_is_not_stored(
    engine: Engine, process: Callable[[], Keyring], tenant: str
) -> None:
    mine = process()
    engine.stop()
    try:
        with pytest.raises(KeysUnavailable, match="DynamoDB, "):
            mine.to_seal(tenant, 1, 4)
    finally:
        engine.start()


def test_the_original_of_a_record(tenant: str) -> None:
    """With the key file, as the settings have it here."""
    sealed = data_keys().to_seal(tenant, 1, 4).seal("a", "text")
    texts = {"original_text": sealed, "modified_text": "[X]", "processed_at": "2026-01-31T12:00:00.000Z"}

    def original_of(**stored: str) -> str | None:
        return LogRecord(tenant, "a", **(texts | stored)).open_original()

    assert original_of(original_text="text") == "text"
    assert original_of(original="encrypted") == "text"
    assert original_of(original="dropped", original_text="[X]") is None
    with pytest.raises(OriginalUnreadable):
        original_of(original="encrypted", original_text="text")
    for row in keys_of(tenant):
        row.delete()
    with pytest.raises(OriginalUnreadable, match="was deleted"):
        Keyring(KeyFile(settings.key_file)).to_open(tenant, data_keys().to_seal(tenant, 1, 4).key_id)
