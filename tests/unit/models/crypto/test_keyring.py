"""Data keys from the engine's KMS, in their table and in memory."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from foundation import aws_clients
from foundation.timestamps import get_timestamp
from local.engine import Engine
from models import DataKey, LogRecord, get_keyring
from models.crypto import keyring
from models.crypto.keyring import Keyring
from originals import KeyFile, KeysUnavailable, Kms, OriginalUnreadable
from settings import settings
from tests.support.fault_proxy import FaultProxy
from tests.support.kms_key import KmsKey
from tests.support.waiting import wait_for


@pytest.fixture
def kms_key(engine: Engine) -> KmsKey:
    return KmsKey()


@pytest.fixture
def process(kms_key: KmsKey, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Keyring]:
    """Return a maker of new processes' keyrings behind the proxy."""
    behind = settings.model_copy(update={"aws_endpoint_url": proxy.url})
    monkeypatch.setattr(aws_clients, "settings", behind)
    return lambda: Keyring(Kms(kms_key.alias))


def list_data_keys(tenant: str) -> list[DataKey]:
    return list(DataKey.query(tenant, consistent_read=True))


def test_one_data_key_encrypts_many_texts(process: Callable[[], Keyring], proxy: FaultProxy, tenant: str) -> None:
    mine = process()

    ciphers = {mine.get_sealing_cipher(tenant, 100, 30_000) for _ in range(100)}

    assert len(ciphers) == 1
    assert (proxy.calls["GenerateDataKey"], proxy.calls["Decrypt"]) == (1, 0)


def test_processes_share_a_tenants_newest_data_key(
    process: Callable[[], Keyring], proxy: FaultProxy, kms_key: KmsKey, tenant: str
) -> None:
    sealed = process().get_sealing_cipher(tenant, 1, 4).seal("a", "text")

    theirs = process()
    theirs.get_sealing_cipher(tenant, 1, 4)

    (row,) = list_data_keys(tenant)
    assert row.wrapped_by == kms_key.arn
    assert (proxy.calls["GenerateDataKey"], proxy.calls["Decrypt"]) == (1, 1)
    for _ in range(3):
        assert theirs.get_opening_cipher(tenant, row.key_id).open("a", sealed) == "text"
    assert proxy.calls["Decrypt"] == 2


def test_no_tenants_data_key_serves_another_tenant(process: Callable[[], Keyring], tenant: str) -> None:
    other = f"{tenant}-other"
    mine = process()
    key_id = mine.get_sealing_cipher(tenant, 1, 4).key_id

    assert mine.get_sealing_cipher(other, 1, 4).key_id != key_id
    with pytest.raises(OriginalUnreadable, match="was deleted"):
        mine.get_opening_cipher(other, key_id)
    # Not even its wrapped key is of use under another tenant's name: it is KMS that refuses.
    (row,) = list_data_keys(tenant)
    DataKey.add(other, key_id, row.wrapped, row.wrapped_by)
    with pytest.raises(OriginalUnreadable, match="InvalidCiphertextException"):
        mine.get_opening_cipher(other, key_id)


def test_threads_that_ask_at_once_get_one_data_key(
    process: Callable[[], Keyring], proxy: FaultProxy, tenant: str
) -> None:
    mine, together = process(), Barrier(8)

    def seal(_: int) -> str:
        together.wait()
        return mine.get_sealing_cipher(tenant, 1, 4).key_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(seal, range(8)))) == 1
    assert proxy.calls["GenerateDataKey"] == 1


@pytest.mark.parametrize(("texts", "size"), [(1 << 24, 1), (1, 1 << 36)])
def test_a_data_key_with_a_spent_budget_is_replaced(
    process: Callable[[], Keyring], tenant: str, texts: int, size: int
) -> None:
    mine = process()

    assert mine.get_sealing_cipher(tenant, texts, size).key_id != mine.get_sealing_cipher(tenant, 1, 1).key_id
    assert len(list_data_keys(tenant)) == 2


def test_a_data_key_that_is_a_day_old_encrypts_no_more(process: Callable[[], Keyring], tenant: str) -> None:
    first = process().get_sealing_cipher(tenant, 1, 4)
    (row,) = list_data_keys(tenant)
    row.update([DataKey.created_at.set("2026-01-31T12:00:00Z")])
    assert row.created_at < get_timestamp()

    second = process().get_sealing_cipher(tenant, 1, 4)

    assert second.key_id > first.key_id
    assert process().get_opening_cipher(tenant, first.key_id).open("a", first.seal("a", "text")) == "text"


def test_originals_are_readable_until_a_replaced_kms_key_is_disabled(
    process: Callable[[], Keyring], kms_key: KmsKey, tenant: str
) -> None:
    first = process().get_sealing_cipher(tenant, 1, 4)
    old = kms_key.arn
    kms_key.replace()

    # What was encrypted is read for as long as the old one is enabled.
    assert process().get_opening_cipher(tenant, first.key_id).open("a", first.seal("a", "text")) == "text"
    new, kms_key.arn = kms_key.arn, old
    kms_key.disable()

    assert process().get_sealing_cipher(tenant, 1, 4).key_id != first.key_id
    assert [row.wrapped_by for row in list_data_keys(tenant)] == [old, new]
    with pytest.raises(OriginalUnreadable, match=r"can't be decrypted: KMS, (Disabled|KMSInvalidState)Exception"):
        process().get_opening_cipher(tenant, first.key_id)


def test_a_missing_kms_key_makes_data_keys_unavailable(engine: Engine, tenant: str) -> None:
    with pytest.raises(KeysUnavailable, match="KMS, NotFoundException"):
        Keyring(Kms("alias/none")).get_sealing_cipher(tenant, 1, 4)


@pytest.mark.parametrize("way", ["refuse", "throttle", "500"])
def test_known_data_keys_serve_while_kms_is_down(
    process: Callable[[], Keyring], proxy: FaultProxy, tenant: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "TRY_AGAIN_SECONDS", 600.0)
    mine = process()
    known = mine.get_sealing_cipher(tenant, 1, 4)
    match way:
        case "refuse":
            proxy.refuse("kms")
        case "throttle":
            proxy.status(400, "ThrottlingException", "kms")
        case "500":
            proxy.status(500, "KMSInternalException", "kms")

    # Data keys in memory still serve.
    assert mine.get_sealing_cipher(tenant, 1, 4) is known
    with pytest.raises(KeysUnavailable, match="KMS, "):
        mine.get_sealing_cipher(f"{tenant}-new", 1, 4)
    with pytest.raises(KeysUnavailable, match="KMS, "):
        process().get_opening_cipher(tenant, known.key_id)
    # While it is known to fail nobody asks it.
    calls = proxy.calls.total()
    with pytest.raises(KeysUnavailable, match="KMS, "):
        mine.get_sealing_cipher(f"{tenant}-another", 1, 4)
    assert proxy.calls.total() == calls

    proxy.clear()
    assert process().get_opening_cipher(tenant, known.key_id)


def test_kms_is_asked_again_after_a_pause(process: Callable[[], Keyring], proxy: FaultProxy, tenant: str) -> None:
    mine = process()
    proxy.refuse("kms")
    with pytest.raises(KeysUnavailable):
        mine.get_sealing_cipher(tenant, 1, 4)

    proxy.clear()

    def seals() -> bool:
        with contextlib.suppress(KeysUnavailable):
            return mine.get_sealing_cipher(tenant, 1, 4) is not None
        return False

    wait_for("a key", seals)


def test_no_data_key_is_used_before_dynamodb_has_it(
    engine: Engine, process: Callable[[], Keyring], tenant: str
) -> None:
    mine = process()
    engine.stop()
    try:
        with pytest.raises(KeysUnavailable, match="DynamoDB, "):
            mine.get_sealing_cipher(tenant, 1, 4)
    finally:
        engine.start()


def test_a_record_opens_an_original_in_each_form(tenant: str) -> None:
    # With the key file, as the tests' settings have it.
    sealed = get_keyring().get_sealing_cipher(tenant, 1, 4).seal("a", "text")
    texts = {"original_text": sealed, "modified_text": "[X]", "processed_at": "2026-01-31T12:00:00.000Z"}

    def open_original(**stored: str) -> str | None:
        return LogRecord(tenant, "a", **(texts | stored)).open_original()

    assert open_original(original_text="text") == "text"
    assert open_original(original="encrypted") == "text"
    assert open_original(original="dropped", original_text="[X]") is None
    with pytest.raises(OriginalUnreadable):
        open_original(original="encrypted", original_text="text")
    for row in list_data_keys(tenant):
        row.delete()
    with pytest.raises(OriginalUnreadable, match="was deleted"):
        Keyring(KeyFile(settings.key_file)).get_opening_cipher(
            tenant, get_keyring().get_sealing_cipher(tenant, 1, 4).key_id
        )
