"""PynamoDB models: the only code that talks to DynamoDB."""

from models.crypto.data_key import DataKey
from models.crypto.fingerprint import fingerprint_of
from models.crypto.keyring import data_keys
from models.crypto.tenant_keys import derived_key
from models.errors import AlreadyThere, CursorRefused, NotThere, TenantErased, TenantRequired
from models.logs.log_record import DROPPED, ENCRYPTED, MAX_LIMIT, LogRecord
from models.logs.read.pages import Page
from models.logs.read.query import ENTITY_PATTERN, resolved
from models.logs.write.verdict import Verdict
from models.tables.connection import Table
from models.tables.schema_check import differences
from models.tenants.access_record import AccessRecord
from models.tenants.api_key import SCOPES, ApiKey, KeyText
from models.tenants.storage import Storage
from models.tenants.tenant import Limits, Tenant
from models.tenants.tenant_activity import Counts, TenantActivity
from models.tenants.tenant_policy import TenantPolicy

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
