"""Tenants' policies for redaction and storage, and their secrets."""

import secrets
from collections.abc import Sequence

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from foundation.timestamps import get_timestamp
from models.crypto.tenant_keys import SECRET_BYTES
from models.errors import TenantErased
from models.tables.base import KeyedTable
from models.tables.connection import TableMeta, is_condition_failure
from models.tenants.storage import Storage
from settings import settings

_DEFAULT = Storage()


class TenantPolicy(KeyedTable):
    """A tenant's policy for redaction and storage, and its secret.

    A tenant without a policy has the default one, but may have a secret. The secret is made once: under another one the
    hashes of a value would change.
    """

    class Meta(TableMeta):
        table_name = settings.policies_table

    tenant_id = UnicodeAttribute(hash_key=True)
    policy = UnicodeAttribute(null=True)
    """JSON for `redaction.Policy.from_json`."""
    original = UnicodeAttribute(null=True)
    retention_days = NumberAttribute(null=True)
    # Named "hash_key" in the table, where it was the key of the policy action "hash" alone before other keys were
    # derived from it. Renaming it would lose the secrets of all tenants.
    secret = BinaryAttribute(legacy_encoding=False, null=True, attr_name="hash_key")
    """SECRET_BYTES random bytes. `models.crypto.tenant_keys.derive_key` derives a key from it for each purpose."""
    updated_at = UnicodeAttribute(null=True)
    """When the policy was set, ISO 8601 in UTC."""
    erased_since = UnicodeAttribute(null=True)
    """When the tenant's erasure began, ISO 8601 in UTC. Then all other attributes but the id are absent."""
    # The table has the name that these ids had before.
    custom_ids = BooleanAttribute(null=True, attr_name="timeless_ids")
    """True once the tenant had a record with a custom id; see `models.logs.write.custom_ids`."""

    @property
    def storage(self) -> Storage:
        """The rules for storing the tenant's logs.

        Raises:
            ValueError: the table has an invalid value, written by somebody else.
        """
        return Storage(self.original, self.retention_days)  # type: ignore[arg-type]  # Storage checks it

    @classmethod
    def put(cls, tenant_id: str, policy: str, storage: Storage = _DEFAULT) -> None:
        """Replace a tenant's policy, and keep its secret.

        Raises:
            TenantErased: the tenant was erased, or is being erased.
            pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        cls(tenant_id)._update_unless_erased(
            [
                cls.policy.set(policy),
                cls.updated_at.set(get_timestamp()),
                cls.original.set(storage.original) if storage.original else cls.original.remove(),
                cls.retention_days.remove()
                if storage.retention_days is None
                else cls.retention_days.set(storage.retention_days),
            ]
        )

    @classmethod
    def mark_custom_ids(cls, tenant_id: str) -> None:
        """Mark a tenant as a user of custom ids.

        Raises:
            TenantErased: the tenant was erased, or is being erased.
            pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        cls(tenant_id)._update_unless_erased([cls.custom_ids.set(True)])

    @classmethod
    def get_or_create(cls, tenant_id: str) -> "TenantPolicy":
        """Return a tenant's row; create it and its secret if missing.

        If several processes create it at once, one wins, and all return its secret.

        Raises:
            TenantErased: the tenant was erased, or is being erased.
            pynamodb.exceptions.GetError, pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        row = cls.get_or_none(tenant_id)
        if row is None:
            row = cls(tenant_id)
            row._update_unless_erased([])
        if row.erased_since:
            raise TenantErased(tenant_id)
        return row

    @classmethod
    def get_secret(cls, tenant_id: str) -> bytes:
        """Return a tenant's secret; create it if missing, as `get_or_create` does."""
        return cls.get_or_create(tenant_id).secret

    @classmethod
    def begin_erasure(cls, tenant_id: str) -> str:
        """Delete the policy and the secret, and refuse new ones.

        Returns:
            When the erasure began, ISO 8601 in UTC.
        Raises:
            pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        row = cls(tenant_id)
        forgotten = (cls.policy, cls.original, cls.retention_days, cls.secret, cls.updated_at, cls.custom_ids)
        row.update(
            [
                cls.erased_since.set(cls.erased_since | get_timestamp()),
                *(attribute.remove() for attribute in forgotten),
            ]
        )
        return row.erased_since

    @classmethod
    def forget_erasure(cls, tenant_id: str) -> None:
        """Free the id of an erased tenant for a new one.

        Raises:
            pynamodb.exceptions.DeleteError: DynamoDB refused or did not answer.
        """
        cls(tenant_id).delete()

    def _update_unless_erased(self, actions: Sequence[Action]) -> None:
        """Apply `actions` unless the tenant is erased; create its secret if missing."""
        cls = TenantPolicy
        new_secret = cls.secret.set(cls.secret | secrets.token_bytes(SECRET_BYTES))
        try:
            self.update([*actions, new_secret], condition=cls.erased_since.does_not_exist())
        except UpdateError as error:
            if is_condition_failure(error):
                raise TenantErased(self.tenant_id) from None
            raise
