"""What each tenant wants done with its logs, and its secret."""

import secrets

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from models.connection import Connected, KeyedTable
from models.derived_keys import SECRET_BYTES
from models.timestamps import timestamp
from settings import settings


class TenantPolicy(KeyedTable):
    """A tenant's redaction policy, as the JSON that `redaction.Policy.from_json` takes, and the secret of its keys.

    A tenant without a policy has the default one; it may have a secret all the same. The secret is made once: with
    another one the hashes of a value would no longer be the same.
    """

    class Meta(Connected):
        table_name = settings.policies_table

    tenant_id = UnicodeAttribute(hash_key=True)
    policy = UnicodeAttribute(null=True)
    secret = BinaryAttribute(legacy_encoding=False, attr_name="hash_key")
    """SECRET_BYTES random bytes, of which `models.derived_keys.derived_key` makes a key for each purpose."""
    updated_at = UnicodeAttribute(null=True)
    """When the policy was set, ISO 8601 in UTC."""

    @classmethod
    def put(cls, tenant_id: str, policy: str) -> None:
        """Store a policy, and keep the secret.

        Raises:
            pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        cls(tenant_id).update([cls.policy.set(policy), cls.updated_at.set(timestamp()), cls._secret_stays_or_begins()])

    @classmethod
    def secret_of(cls, tenant_id: str) -> bytes:
        """A tenant's secret. It is made when there is none; of several processes that do so at once one wins, and all
        of them get its secret.

        Raises:
            pynamodb.exceptions.GetError, pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        row = cls.of(tenant_id)
        if row is None:
            row = cls(tenant_id)
            row.update([cls._secret_stays_or_begins()])
        return row.secret

    @classmethod
    def _secret_stays_or_begins(cls) -> Action:
        return cls.secret.set(cls.secret | secrets.token_bytes(SECRET_BYTES))
