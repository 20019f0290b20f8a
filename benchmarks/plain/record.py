"""The logs table as a plain PynamoDB model, without Sluice's rules."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

from models.tables.connection import TableMeta
from settings import settings


class PlainRecord(Model):
    """Stored log, which `save(absent)` does not overwrite."""

    class Meta(TableMeta):
        table_name = settings.logs_table
        max_pool_connections = 32

    tenant_id = UnicodeAttribute(hash_key=True)
    log_id = UnicodeAttribute(range_key=True)
    original_text = UnicodeAttribute()
    modified_text = UnicodeAttribute()
    processed_at = UnicodeAttribute()


absent = PlainRecord.log_id.does_not_exist()
"""Condition of a put that must not overwrite."""
