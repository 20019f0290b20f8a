"""PynamoDB models: the only code that talks to DynamoDB."""

from models.crypto.data_key import DataKey
from models.crypto.keyring import get_keyring
from models.crypto.tenant_keys import compute_fingerprint, derive_key
from models.errors import AlreadyExists, CursorRefused, NotFound, TenantErased, TenantRequired
from models.logs.log_record import DROPPED, ENCRYPTED, MAX_LIMIT, LogRecord
from models.logs.read.pages import Page
from models.logs.read.query import ENTITY_PATTERN, resolve_moment
from models.logs.write.verdict import Verdict
from models.tables.base import Table
from models.tables.table_schema import find_differences
from models.tenants.access_record import AccessRecord
from models.tenants.api_key import SCOPES, ApiKey, ApiKeyText
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
    "AlreadyExists",
    "ApiKey",
    "ApiKeyText",
    "Counts",
    "CursorRefused",
    "DataKey",
    "Limits",
    "LogRecord",
    "NotFound",
    "Page",
    "Storage",
    "Tenant",
    "TenantActivity",
    "TenantErased",
    "TenantPolicy",
    "TenantRequired",
    "Verdict",
    "compute_fingerprint",
    "derive_key",
    "find_differences",
    "get_keyring",
    "resolve_moment",
]

TABLES: tuple[type[Table], ...] = (LogRecord, TenantPolicy, DataKey, Tenant, ApiKey, TenantActivity, AccessRecord)
"""The models that have a table."""
