"""The data keys that a process keeps in memory."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TypeVar

from uuid_utils import uuid7

from foundation.outage import Outage
from foundation.stale_on_error_cache import StaleOnErrorCache
from foundation.timestamps import get_timestamp
from models.crypto.data_key import DataKey
from models.tables.connection import DYNAMODB_ERRORS
from observability import get_error_code
from originals import DataCipher, KeyRefused, KeysUnavailable, OriginalUnreadable, Wrapping, get_wrapping

SEALING_SECONDS = 3600
"""How long a key stays in memory to encrypt. After that KMS must decrypt it again, and may refuse."""
SEALING_AGE = timedelta(days=1)
"""A key older than this encrypts no more; the tenant gets a new one."""
# Most that a process encrypts with one key in SEALING_SECONDS. Nonces are random, which is safe for 2^32 texts in all
# the processes that share a key for a day: https://csrc.nist.gov/pubs/sp/800/38/d/final, 8.3
SEALING_TEXTS = 1 << 24
SEALING_BYTES = 1 << 36
OPENING_SECONDS = 300
"""How long a key stays in memory to decrypt."""
MAX_KEYS = 10_000
"""Keys in memory, for each of the two uses."""
TRY_AGAIN_SECONDS = 1.0
"""Pause after a failure, in which no thread asks for keys. Then one thread does; the others fail at once."""
_MAX_TRY_SECONDS = 30.0
"""After this long another thread may ask, in case the first one never returns."""

Result = TypeVar("Result")


@dataclass(slots=True)
class _SealingKey:
    """A data key with its remaining budget of texts and bytes."""

    cipher: DataCipher
    texts: int = SEALING_TEXTS
    size: int = SEALING_BYTES

    def spend(self, texts: int, size: int) -> bool:
        """Spend part of the budget; return whether enough was left."""
        if self.texts < texts or self.size < size:
            return False
        self.texts -= texts
        self.size -= size
        return True


class Keyring:
    """Data keys of many tenants. Safe to use from several threads.

    Args:
        wrapping: KMS or a key file, which encrypts the data keys.
    """

    def __init__(self, wrapping: Wrapping) -> None:
        self._wrapping = wrapping
        self._sealing: StaleOnErrorCache[str, _SealingKey] = StaleOnErrorCache(MAX_KEYS, lambda: SEALING_SECONDS)
        self._opening: StaleOnErrorCache[tuple[str, str], DataCipher] = StaleOnErrorCache(
            MAX_KEYS, lambda: OPENING_SECONDS
        )
        self._lock = threading.Lock()
        # One thread fetches a tenant's key, and others that need the same key wait. There are 64 locks, so threads of
        # most other tenants do not wait.
        self._fetch_locks = [threading.Lock() for _ in range(64)]
        # Not logged here: the tasks and views that need a data key log that there is none.
        self._outage = Outage("getting data keys", logged=False)

    def get_sealing_cipher(self, tenant_id: str, texts: int, size: int) -> DataCipher:
        """Return a cipher to encrypt `texts` texts of this tenant.

        Args:
            tenant_id: whose texts.
            texts: how many.
            size: of all of them, in characters.
        Raises:
            KeysUnavailable: KMS or DynamoDB does not answer or refuses, or there is no key file.
        """
        if cipher := self._get_ready_cipher(tenant_id, texts, size):
            return cipher
        with self._fetch_locks[hash(tenant_id) % len(self._fetch_locks)]:
            if cipher := self._get_ready_cipher(tenant_id, texts, size):
                return cipher
            cached = self._sealing.get_fresh(tenant_id)
            used_up = cached.value if cached is not None else None
            cipher = self._ask(lambda: self._adopt_newest(tenant_id, used_up) or self._create(tenant_id))
            sealing_key = _SealingKey(cipher)
            sealing_key.spend(texts, size)
            self._sealing.put(tenant_id, sealing_key)
            return cipher

    def get_opening_cipher(self, tenant_id: str, key_id: str) -> DataCipher:
        """Return a cipher to decrypt texts that one data key encrypted.

        Raises:
            KeysUnavailable: KMS or DynamoDB does not answer.
            OriginalUnreadable: the data key was deleted, or can't be decrypted any more.
        """
        return self._opening.get_or_read(
            (tenant_id, key_id), lambda: self._ask(lambda: self._unwrap(self._get_row(tenant_id, key_id)))
        )

    def _get_ready_cipher(self, tenant_id: str, texts: int, size: int) -> DataCipher | None:
        with self._lock:
            cached = self._sealing.get_fresh(tenant_id)
            return cached.value.cipher if cached is not None and cached.value.spend(texts, size) else None

    def _adopt_newest(self, tenant_id: str, used_up: _SealingKey | None) -> DataCipher | None:
        """Return a cipher of the newest key if that may still encrypt."""
        newest = DataKey.get_newest(tenant_id)
        if newest is None or newest.created_at < get_timestamp(-SEALING_AGE):
            return None
        if used_up is not None and used_up.cipher.key_id == newest.key_id:
            return None
        try:
            return self._unwrap(newest)
        except OriginalUnreadable:
            return None  # the KMS key or key file that encrypted it was replaced

    def _create(self, tenant_id: str) -> DataCipher:
        data_key = self._wrapping.create_key(tenant_id)
        key_id = str(uuid7())
        # Stored before it encrypts anything, or texts could be left that nobody can decrypt.
        DataKey.add(tenant_id, key_id, data_key.wrapped, data_key.wrapped_by)
        return DataCipher(tenant_id, key_id, data_key.key)

    @staticmethod
    def _get_row(tenant_id: str, key_id: str) -> DataKey:
        try:
            return DataKey.get(tenant_id, key_id, consistent_read=True)
        except DataKey.DoesNotExist:
            raise OriginalUnreadable("the data key of the original was deleted") from None

    def _unwrap(self, row: DataKey) -> DataCipher:
        try:
            key = self._wrapping.unwrap(row.tenant_id, row.wrapped, row.wrapped_by)
        except KeyRefused as error:
            raise OriginalUnreadable(f"the data key of the original can't be decrypted: {error}") from None
        return DataCipher(row.tenant_id, row.key_id, key)

    def _ask(self, ask: Callable[[], Result]) -> Result:
        """Call `ask` and return its result, unless KMS or DynamoDB is failing.

        Then raise KeysUnavailable at once, without a call.
        """
        if not self._outage.may_try(TRY_AGAIN_SECONDS, _MAX_TRY_SECONDS):
            raise KeysUnavailable(self._outage.reason)
        try:
            result = ask()
        except KeysUnavailable as error:
            self._outage.record_failure(str(error))
            raise
        except DYNAMODB_ERRORS as error:
            reason = f"DynamoDB, {get_error_code(error)}"
            self._outage.record_failure(reason)
            raise KeysUnavailable(reason) from None
        except Exception:
            # KMS and DynamoDB did answer: a deleted or refused data key is not an outage.
            self._outage.record_success()
            raise
        self._outage.record_success()
        return result


@cache
def get_keyring() -> Keyring:
    """Return the process's keyring."""
    return Keyring(get_wrapping())
