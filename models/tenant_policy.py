"""What each tenant wants done with its logs."""

import secrets

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from models.connection import Connected, KeyedTable
from models.timestamps import timestamp
from settings import settings

HASH_KEY_BYTES = 32


class TenantPolicy(KeyedTable):
    """A tenant's redaction policy, as the JSON that `redaction.Policy.from_json` takes, and the key of its hashes.

    A tenant without one has the default policy. The key is made once: with another one the hashes of a value would no
    longer be the same.
    """

    class Meta(Connected):
        table_name = settings.policies_table

    tenant_id = UnicodeAttribute(hash_key=True)
    policy = UnicodeAttribute()
    hash_key = BinaryAttribute(legacy_encoding=False)
    updated_at = UnicodeAttribute()
    """ISO 8601 in UTC."""

    @classmethod
    def put(cls, tenant_id: str, policy: str) -> None:
        """Store a policy, and keep the key of the one before.

        Raises:
            pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        cls(tenant_id).update(
            [
                cls.policy.set(policy),
                cls.updated_at.set(timestamp()),
                cls.hash_key.set(cls.hash_key | secrets.token_bytes(HASH_KEY_BYTES)),
            ]
        )
