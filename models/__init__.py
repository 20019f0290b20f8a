"""PynamoDB models: the only code that talks to DynamoDB."""

from models.access_record import AccessRecord
from models.api_key import SCOPES, ApiKey, KeyText
from models.connection import Table
from models.data_key import DataKey
from models.derived_keys import derived_key
from models.errors import AlreadyThere, CursorRefused, NotThere, TenantErased, TenantRequired
from models.fingerprint import fingerprint_of
from models.keyring import data_keys
from models.log_pages import Page
from models.log_query import ENTITY_PATTERN, resolved
from models.log_record import DROPPED, ENCRYPTED, MAX_LIMIT, LogRecord
from models.schema_check import differences
from models.storage import Storage
from models.tenant import Limits, Tenant
from models.tenant_activity import Counts, TenantActivity
from models.tenant_policy import TenantPolicy
from models.verdict import Verdict

__all__ = [
    "DROPPED",
    "ENCRYPTED",
    "ENTITY_PATTERN",
    "MAX_LIMIT",
    "SCOPES",
    "TABLES",
    "AccessRecord",
    "AlreadyThere",
    "ApiKey",
    "Counts",
    "CursorRefused",
    "DataKey",
    "KeyText",
    "Limits",
    "LogRecord",
    "NotThere",
    "Page",
    "Storage",
    "Tenant",
    "TenantActivity",
    "TenantErased",
    "TenantPolicy",
    "TenantRequired",
    "Verdict",
    "data_keys",
    "derived_key",
    "differences",
    "fingerprint_of",
    "resolved",
]

TABLES: tuple[type[Table], ...] = (LogRecord, TenantPolicy, DataKey, Tenant, ApiKey, TenantActivity, AccessRecord)
"""The models that have a table."""
