"""The data keys that this process has in memory."""

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
from originals import DataCipher, KeyRefused, KeysUnavailable, OriginalUnreadable, Wrapping, wrapping

SEALING_SECONDS = 3600
"""For so long a key stays in memory to encrypt with; then KMS is asked for it again, and has to allow it."""
SEALING_AGE = timedelta(days=1)
"""A key that is older is not taken up any more, and another one made."""
# What a process encrypts with a key in SEALING_SECONDS. Nonces are random, which is good for 2^32 texts in all the
# processes that share a key for a day: https://csrc.nist.gov/pubs/sp/800/38/d/final, 8.3
SEALING_TEXTS = 1 << 24
SEALING_BYTES = 1 << 36
OPENING_SECONDS = 300
MAX_KEYS = 10_000
TRY_AGAIN_SECONDS = 1.0
"""After a failure nobody asks for keys for so long; then one thread does, and the others don't wait for it."""
_LONGEST_TRY_SECONDS = 30.0

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Sealing:
    """A key and what it may still encrypt."""

    cipher: DataCipher
    texts: int = SEALING_TEXTS
    size: int = SEALING_BYTES

    def take(self, texts: int, size: int) -> bool:
        """Whether that much was left of it."""
        if self.texts < texts or self.size < size:
            return False
        self.texts -= texts
        self.size -= size
        return True


class Keyring:
    """Data keys of many tenants; for threads.

    Args:
        wrapping: what encrypts them.
    """

    def __init__(self, wrapping: Wrapping) -> None:
        self._wrapping = wrapping
        self._sealing: StaleOnErrorCache[str, _Sealing] = StaleOnErrorCache(MAX_KEYS, lambda: SEALING_SECONDS)
        self._opening: StaleOnErrorCache[tuple[str, str], DataCipher] = StaleOnErrorCache(
            MAX_KEYS, lambda: OPENING_SECONDS
        )
        self._lock = threading.Lock()
        # One thread gets a tenant's key, and the others that need it wait; those of most other tenants don't.
        self._getting = [threading.Lock() for _ in range(64)]
        # The tasks and views that need a key log that there is none.
        self._outage = Outage("getting data keys", logged=False)

    def to_seal(self, tenant_id: str, texts: int, size: int) -> DataCipher:
        """What encrypts some texts of a tenant.

        Args:
            tenant_id: whose.
            texts: how many.
            size: of all of them, in characters.
        Raises:
            KeysUnavailable: KMS or DynamoDB does not answer, or refuses, or there is no key file.
        """
        if cipher := self._ready(tenant_id, texts, size):
            return cipher
        with self._getting[hash(tenant_id) % len(self._getting)]:
            if cipher := self._ready(tenant_id, texts, size):
                return cipher
            cached = self._sealing.get_fresh(tenant_id)
            used_up = cached.value if cached is not None else None
            cipher = self._ask(lambda: self._adopt(tenant_id, used_up) or self._make(tenant_id))
            sealing = _Sealing(cipher)
            sealing.take(texts, size)
            self._sealing.put(tenant_id, sealing)
            return cipher

    def to_open(self, tenant_id: str, key_id: str) -> DataCipher:
        """What decrypts the texts of a tenant that were encrypted with a key.

        Raises:
            KeysUnavailable: KMS or DynamoDB does not answer.
            OriginalUnreadable: the key was deleted, or can't be decrypted any more.
        """
        return self._opening.get_or_read(
            (tenant_id, key_id), lambda: self._ask(lambda: self._unwrapped(self._row(tenant_id, key_id)))
        )

    def _ready(self, tenant_id: str, texts: int, size: int) -> DataCipher | None:
        with self._lock:
            cached = self._sealing.get_fresh(tenant_id)
            return cached.value.cipher if cached is not None and cached.value.take(texts, size) else None

    def _adopt(self, tenant_id: str, used_up: _Sealing | None) -> DataCipher | None:
        """The newest key that the tenant has, if it may still encrypt."""
        newest = DataKey.newest_of(tenant_id)
        if newest is None or newest.created_at < get_timestamp(-SEALING_AGE):
            return None
        if used_up is not None and used_up.cipher.key_id == newest.key_id:
            return None
        try:
            return self._unwrapped(newest)
        except OriginalUnreadable:
            return None  # the key over it was replaced

    def _make(self, tenant_id: str) -> DataCipher:
        made = self._wrapping.new_key(tenant_id)
        key_id = str(uuid7())
        # Stored before anything is encrypted with it.
        DataKey.add(tenant_id, key_id, made.wrapped, made.wrapped_by)
        return DataCipher(tenant_id, key_id, made.key)

    @staticmethod
    def _row(tenant_id: str, key_id: str) -> DataKey:
        try:
            return DataKey.get(tenant_id, key_id, consistent_read=True)
        except DataKey.DoesNotExist:
            raise OriginalUnreadable("the data key of the original is not there: it was deleted") from None

    def _unwrapped(self, row: DataKey) -> DataCipher:
        try:
            key = self._wrapping.unwrap(row.tenant_id, row.wrapped, row.wrapped_by)
        except KeyRefused as error:
            raise OriginalUnreadable(f"the data key of the original can't be decrypted: {error}") from None
        return DataCipher(row.tenant_id, row.key_id, key)

    def _ask(self, ask: Callable[[], Answer]) -> Answer:
        """What `ask` returns; while KMS or DynamoDB fails, KeysUnavailable at once."""
        if not self._outage.may_try(TRY_AGAIN_SECONDS, _LONGEST_TRY_SECONDS):
            raise KeysUnavailable(self._outage.reason)
        try:
            answer = ask()
        except KeysUnavailable as error:
            self._outage.record_failure(str(error))
            raise
        except DYNAMODB_ERRORS as error:
            reason = f"DynamoDB, {get_error_code(error)}"
            self._outage.record_failure(reason)
            raise KeysUnavailable(reason) from None
        except Exception:
            # They did answer: a key that is gone or refused is not an outage.
            self._outage.record_success()
            raise
        self._outage.record_success()
        return answer


@cache
def data_keys() -> Keyring:
    """The process's."""
    return Keyring(wrapping())
