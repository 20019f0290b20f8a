"""API keys, which authenticate a request as one tenant's."""

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import NamedTuple

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from foundation.timestamps import get_timestamp
from models.errors import NotFound
from models.tables.base import KeyedTable
from models.tables.connection import RequestPathMeta, is_condition_failure
from settings import settings

SCOPES = ("ingest", "read", "read:original", "admin")
"""Scopes of an API key. None includes another one."""

_ALPHABET = string.ascii_letters + string.digits
_ID_CHARACTERS = 16
# 43 of 62 characters: 256 bits.
_SECRET_CHARACTERS = 43
_TEXT = re.compile(rf"slk_([A-Za-z0-9]{{{_ID_CHARACTERS}}})_([A-Za-z0-9]{{{_SECRET_CHARACTERS}}})", re.ASCII)


class ApiKeyText(NamedTuple):
    """The text of an API key, in its parts.

    The id is not secret: it finds the row, and may be shown.
    """

    key_id: str
    secret: str

    @classmethod
    def generate(cls) -> "ApiKeyText":
        """Generate a random API key."""
        return cls(_random(_ID_CHARACTERS), _random(_SECRET_CHARACTERS))

    @classmethod
    def parse(cls, text: str) -> "ApiKeyText | None":
        """Parse an API key; return None if `text` is not one."""
        match = _TEXT.fullmatch(text)
        return cls(*match.groups()) if match else None

    def __str__(self) -> str:
        return f"slk_{self.key_id}_{self.secret}"

    def __repr__(self) -> str:
        # The secret must not get into a traceback or a log by way of the repr.
        return f"ApiKeyText({self.key_id})"

    def hash(self) -> bytes:
        """Return the SHA-256 of the secret.

        Slow hashes protect passwords that people choose. Nobody finds 256 random bits by trying, however fast the hash.
        """
        return hashlib.sha256(self.secret.encode()).digest()


class KeysOfTenant(GlobalSecondaryIndex["ApiKey"]):  # type: ignore[no-untyped-call]  # missing in the stubs
    """A tenant's API keys from old to new, without their hashes."""

    class Meta:
        index_name = "tenant"
        projection = IncludeProjection(["scopes", "last_used_at", "revoked_at", "expires_at"])

    tenant_id = UnicodeAttribute(hash_key=True)
    created_at = UnicodeAttribute(range_key=True)


class ApiKey(KeyedTable):
    """A tenant's API key, with a hash of its secret.

    Times are ISO 8601 in UTC.
    """

    class Meta(RequestPathMeta):
        table_name = settings.keys_table

    key_id = UnicodeAttribute(hash_key=True)
    tenant_id = UnicodeAttribute()
    secret_hash = BinaryAttribute(legacy_encoding=False, null=True)
    """Made by `ApiKeyText.hash`; absent from the rows that `for_tenant` yields."""
    scopes = UnicodeSetAttribute()
    created_at = UnicodeAttribute()
    last_used_at = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)
    expires_at = UnicodeAttribute(null=True)

    by_tenant = KeysOfTenant()

    @classmethod
    def for_tenant(cls, tenant_id: str) -> Iterator["ApiKey"]:
        """Yield a tenant's API keys from old to new.

        A key that was created or changed a moment ago may be missing or out of date.

        Raises:
            pynamodb.exceptions.QueryError: DynamoDB did not answer.
        """
        yield from cls.by_tenant.query(tenant_id)

    @classmethod
    def add(cls, tenant_id: str, scopes: Collection[str], expires_in: timedelta | None = None) -> ApiKeyText:
        """Create an API key and store it.

        Args:
            tenant_id: of an existing tenant.
            scopes: one or more of SCOPES.
            expires_in: None for a key that never expires.
        Returns:
            The API key. It can't be read again.
        Raises:
            ValueError: no scopes, or an unknown one.
            pynamodb.exceptions.PutError: DynamoDB did not answer.
        """
        if not scopes or not set(scopes) <= set(SCOPES):
            raise ValueError(f"an API key needs one or more of the scopes {', '.join(SCOPES)}")
        text = ApiKeyText.generate()
        cls(
            text.key_id,
            tenant_id=tenant_id,
            secret_hash=text.hash(),
            scopes=set(scopes),
            created_at=get_timestamp(),
            expires_at=None if expires_in is None else get_timestamp(expires_in),
        ).save(cls.key_id.does_not_exist())
        return text

    def matches(self, text: ApiKeyText) -> bool:
        """Return whether the secret is right, in constant time."""
        return hmac.compare_digest(self.secret_hash or b"", text.hash())

    @property
    def state(self) -> str:
        """One of revoked, expired and active."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= get_timestamp() else "active"

    @classmethod
    def revoke(cls, key_id: str) -> None:
        """Revoke an API key. One that was revoked before keeps its time.

        Web processes notice within `settings.key_cache_seconds`.

        Raises:
            NotFound: there is no such API key.
            pynamodb.exceptions.UpdateError: DynamoDB did not answer.
        """
        try:
            cls(key_id).update([cls.revoked_at.set(cls.revoked_at | get_timestamp())], condition=cls.key_id.exists())
        except UpdateError as error:
            if is_condition_failure(error):
                raise NotFound(key_id) from None
            raise

    @classmethod
    def record_use(cls, key_id: str, used_at: str, unless_after: str) -> None:
        """Record when an API key was last used.

        Does nothing if a use after `unless_after` is recorded already.

        Raises:
            pynamodb.exceptions.UpdateError: DynamoDB did not answer.
        """
        older = cls.last_used_at.does_not_exist() | (cls.last_used_at <= unless_after)
        try:
            cls(key_id).update([cls.last_used_at.set(used_at)], condition=cls.key_id.exists() & older)
        except UpdateError as error:
            if not is_condition_failure(error):
                raise


def _random(characters: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(characters))
