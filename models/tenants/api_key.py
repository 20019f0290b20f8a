"""The keys by which requests show whom they are for."""

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
from models.errors import NotThere
from models.tables.connection import Awaited, KeyedTable, refused_by_condition
from settings import settings

SCOPES = ("ingest", "read", "read:original", "admin")
"""What a key may be for. None of them includes another one."""

_ALPHABET = string.ascii_letters + string.digits
_ID_CHARACTERS = 16
# 43 of 62 characters: 256 bits.
_SECRET_CHARACTERS = 43
_TEXT = re.compile(rf"slk_([A-Za-z0-9]{{{_ID_CHARACTERS}}})_([A-Za-z0-9]{{{_SECRET_CHARACTERS}}})", re.ASCII)


class KeyText(NamedTuple):
    """A key in its parts. The id is no secret: it finds the key, and may be shown."""

    key_id: str
    secret: str

    @classmethod
    def new(cls) -> "KeyText":
        """A random one."""
        return cls(_random(_ID_CHARACTERS), _random(_SECRET_CHARACTERS))

    @classmethod
    def parse(cls, text: str) -> "KeyText | None":
        """The parts of a whole key, or None when `text` is not one."""
        match = _TEXT.fullmatch(text)
        return cls(*match.groups()) if match else None

    def __str__(self) -> str:
        return f"slk_{self.key_id}_{self.secret}"

    def __repr__(self) -> str:
        # A key must not get into a traceback or a log by way of its repr.
        return f"KeyText({self.key_id})"

    def hash(self) -> bytes:
        """SHA-256 of the secret.

        A slow hash is there for what people think up; nobody finds 256 random bits by trying, however fast the hash is.
        """
        return hashlib.sha256(self.secret.encode()).digest()


class KeysOfTenant(GlobalSecondaryIndex["ApiKey"]):  # type: ignore[no-untyped-call]  # missing in the stubs
    """The keys of a tenant from old to new, without their hashes."""

    class Meta:
        index_name = "tenant"
        projection = IncludeProjection(["scopes", "last_used_at", "revoked_at", "expires_at"])

    tenant_id = UnicodeAttribute(hash_key=True)
    created_at = UnicodeAttribute(range_key=True)


class ApiKey(KeyedTable):
    """A key of a tenant: all about it but its secret, of which only a hash is kept. Times are ISO 8601 in UTC."""

    class Meta(Awaited):
        table_name = settings.keys_table

    key_id = UnicodeAttribute(hash_key=True)
    tenant_id = UnicodeAttribute()
    secret_hash = BinaryAttribute(legacy_encoding=False, null=True)
    """As `KeyText.hash` makes it; absent from what `of_tenant` yields."""
    scopes = UnicodeSetAttribute()
    created_at = UnicodeAttribute()
    last_used_at = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)
    expires_at = UnicodeAttribute(null=True)

    by_tenant = KeysOfTenant()

    @classmethod
    def of_tenant(cls, tenant_id: str) -> Iterator["ApiKey"]:
        """A tenant's keys from old to new; one that was made or changed a moment ago may be missing or as before.

        Raises:
            pynamodb.exceptions.QueryError: DynamoDB did not answer.
        """
        yield from cls.by_tenant.query(tenant_id)

    @classmethod
    def add(cls, tenant_id: str, scopes: Collection[str], expires_in: timedelta | None = None) -> KeyText:
        """Make a key and store it.

        Args:
            tenant_id: of a tenant that is there.
            scopes: one or more of SCOPES.
            expires_in: None for a key that doesn't expire.
        Returns:
            The key, which nobody can get again.
        Raises:
            ValueError: no scopes, or one that isn't.
            pynamodb.exceptions.PutError: DynamoDB did not answer.
        """
        if not scopes or not set(scopes) <= set(SCOPES):
            raise ValueError(f"a key has one or more of the scopes {', '.join(SCOPES)}")
        text = KeyText.new()
        cls(
            text.key_id,
            tenant_id=tenant_id,
            secret_hash=text.hash(),
            scopes=set(scopes),
            created_at=get_timestamp(),
            expires_at=None if expires_in is None else get_timestamp(expires_in),
        ).save(cls.key_id.does_not_exist())
        return text

    def is_of(self, text: KeyText) -> bool:
        """Whether the secret is right, in a time that does not tell how much of it is."""
        return hmac.compare_digest(self.secret_hash or b"", text.hash())

    @property
    def state(self) -> str:
        """revoked, expired or active."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= get_timestamp() else "active"

    @classmethod
    def revoke(cls, key_id: str) -> None:
        """End a key; web processes know within `settings.key_cache_seconds`. One that is revoked stays as it is.

        Raises:
            NotThere: there is no such key.
            pynamodb.exceptions.UpdateError: DynamoDB did not answer.
        """
        try:
            cls(key_id).update([cls.revoked_at.set(cls.revoked_at | get_timestamp())], condition=cls.key_id.exists())
        except UpdateError as error:
            if refused_by_condition(error):
                raise NotThere(key_id) from None
            raise

    @classmethod
    def note_use(cls, key_id: str, used_at: str, unless_after: str) -> None:
        """Store when a key was last used, unless another process stored a time after `unless_after`.

        Raises:
            pynamodb.exceptions.UpdateError: DynamoDB did not answer.
        """
        older = cls.last_used_at.does_not_exist() | (cls.last_used_at <= unless_after)
        try:
            cls(key_id).update([cls.last_used_at.set(used_at)], condition=cls.key_id.exists() & older)
        except UpdateError as error:
            if not refused_by_condition(error):
                raise


def _random(characters: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(characters))
