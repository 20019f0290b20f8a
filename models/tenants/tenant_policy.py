"""What each tenant wants done with its logs, and its secret."""

import secrets
from collections.abc import Sequence

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from foundation.timestamps import get_timestamp
from models.crypto.tenant_keys import SECRET_BYTES
from models.errors import TenantErased
from models.tables.connection import Connected, KeyedTable, refused_by_condition
from models.tenants.storage import Storage
from settings import settings

_DEFAULT = Storage()


class TenantPolicy(KeyedTable):
    """A tenant's redaction policy, as the JSON that `redaction.Policy.from_json` takes, how its logs are stored, and
    the secret of its keys.

    A tenant without a policy has the default one; it may have a secret all the same. The secret is made once: with
    another one the hashes of a value would no longer be the same.
    """

    class Meta(Connected):
        table_name = settings.policies_table

    tenant_id = UnicodeAttribute(hash_key=True)
    policy = UnicodeAttribute(null=True)
    original = UnicodeAttribute(null=True)
    retention_days = NumberAttribute(null=True)
    secret = BinaryAttribute(legacy_encoding=False, null=True, attr_name="hash_key")
    """SECRET_BYTES random bytes, of which `models.crypto.tenant_keys.derived_key` makes a key for each purpose."""
    updated_at = UnicodeAttribute(null=True)
    """When the policy was set, ISO 8601 in UTC."""
    erased_since = UnicodeAttribute(null=True)
    """Since when nothing of the tenant is stored any more, ISO 8601 in UTC; then nothing else is here."""
    timeless_ids = BooleanAttribute(null=True)
    """Whether it ever had a record whose id does not say its time; see `models.logs.write.timeless_ids`."""

    @property
    def storage(self) -> Storage:
        """How the tenant's logs are stored.

        Raises:
            ValueError: somebody wrote into the table what can't be.
        """
        return Storage(self.original, self.retention_days)  # type: ignore[arg-type]  # which it checks

    @classmethod
    def put(cls, tenant_id: str, policy: str, storage: Storage = _DEFAULT) -> None:
        """Store a policy in the place of the one before, and keep the secret.

        Raises:
            TenantErased: it was, or is being.
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
    def note_timeless_ids(cls, tenant_id: str) -> None:
        """Store that a tenant has records whose ids don't say their time.

        Raises:
            TenantErased: it was, or is being.
            pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        cls(tenant_id)._update_unless_erased([cls.timeless_ids.set(True)])

    @classmethod
    def with_secret(cls, tenant_id: str) -> "TenantPolicy":
        """A tenant's row. It and its secret are made when there is none; of several processes that do so at once one
        wins, and all of them get its secret.

        Raises:
            TenantErased: it was, or is being.
            pynamodb.exceptions.GetError, pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        row = cls.of(tenant_id)
        if row is None:
            row = cls(tenant_id)
            row._update_unless_erased([])
        if row.erased_since:
            raise TenantErased(tenant_id)
        return row

    @classmethod
    def secret_of(cls, tenant_id: str) -> bytes:
        """A tenant's secret, as `with_secret` has it."""
        return cls.with_secret(tenant_id).secret

    @classmethod
    def begin_erasure(cls, tenant_id: str) -> str:
        """Forget the policy and the secret, and let there never be others.

        Returns:
            Since when it is so.
        Raises:
            pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        row = cls(tenant_id)
        forgotten = (cls.policy, cls.original, cls.retention_days, cls.secret, cls.updated_at, cls.timeless_ids)
        row.update(
            [
                cls.erased_since.set(cls.erased_since | get_timestamp()),
                *(attribute.remove() for attribute in forgotten),
            ]
        )
        return row.erased_since

    @classmethod
    def forget_erasure(cls, tenant_id: str) -> None:
        """Let a new tenant have the id of one that was erased.

        Raises:
            pynamodb.exceptions.DeleteError: DynamoDB refused or did not answer.
        """
        cls(tenant_id).delete()

    def _update_unless_erased(self, actions: Sequence[Action]) -> None:
        """Do it, and make a secret if there is none."""
        cls = TenantPolicy
        begin = cls.secret.set(cls.secret | secrets.token_bytes(SECRET_BYTES))
        try:
            self.update([*actions, begin], condition=cls.erased_since.does_not_exist())
        except UpdateError as error:
            if refused_by_condition(error):
                raise TenantErased(self.tenant_id) from None
            raise
