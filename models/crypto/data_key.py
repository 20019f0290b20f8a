"""Encrypted data keys of tenants.

Without its row nobody can read an original any more.
"""

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from foundation.timestamps import get_timestamp
from models.tables.base import Table
from models.tables.connection import TableMeta
from settings import settings


class DataKey(Table):
    """A tenant's data key, encrypted by KMS or a key file.

    It has a table of its own for two reasons: the 245 characters are not repeated in each record, and deleting a
    tenant's rows makes all its originals unreadable at once, also those in backups of the records.
    """

    class Meta(TableMeta):
        table_name = settings.data_keys_table

    tenant_id = UnicodeAttribute(hash_key=True)
    key_id = UnicodeAttribute(range_key=True)
    """A UUIDv7, so that the newest sorts last."""
    wrapped = BinaryAttribute(legacy_encoding=False)
    wrapped_by = UnicodeAttribute()
    """ARN of the KMS key, or name of the key file."""
    created_at = UnicodeAttribute()
    """ISO 8601 in UTC."""

    @classmethod
    def get_newest(cls, tenant_id: str) -> "DataKey | None":
        """Return a tenant's newest data key, or None when it has none.

        Raises:
            pynamodb.exceptions.QueryError: DynamoDB did not answer.
        """
        return next(cls.query(tenant_id, scan_index_forward=False, limit=1, consistent_read=True), None)

    @classmethod
    def add(cls, tenant_id: str, key_id: str, wrapped: bytes, wrapped_by: str) -> None:
        """Store a new key.

        Raises:
            pynamodb.exceptions.PutError: DynamoDB did not answer.
        """
        row = cls(tenant_id, key_id, wrapped=wrapped, wrapped_by=wrapped_by, created_at=get_timestamp())
        row.save(cls.key_id.does_not_exist())
