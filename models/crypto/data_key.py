"""The data keys of the tenants, encrypted: without its row an original text can't be read by anyone any more."""

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from foundation.timestamps import get_timestamp
from models.tables.connection import Connected, Table
from settings import settings


class DataKey(Table):
    """A data key of a tenant, as KMS or a key file encrypted it.

    Apart from the records, so that each of them doesn't have 245 characters of it, and so that deleting a tenant's rows
    makes all its originals unreadable at once, in backups of the records too.
    """

    class Meta(Connected):
        table_name = settings.data_keys_table

    tenant_id = UnicodeAttribute(hash_key=True)
    key_id = UnicodeAttribute(range_key=True)
    """A UUIDv7, so that the newest is the last one."""
    wrapped = BinaryAttribute(legacy_encoding=False)
    wrapped_by = UnicodeAttribute()
    """ARN of the KMS key, or name of the key file."""
    created_at = UnicodeAttribute()
    """ISO 8601 in UTC."""

    @classmethod
    def newest_of(cls, tenant_id: str) -> "DataKey | None":
        """The key that a tenant got last, or None when it has none.

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
