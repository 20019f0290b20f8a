"""PynamoDB models: the only code that talks to DynamoDB."""

from models.api_key import SCOPES, ApiKey, KeyText
from models.derived_keys import derived_key
from models.errors import AlreadyThere, NotThere, TenantRequired
from models.fingerprint import fingerprint_of
from models.log_record import LogRecord, Page
from models.tenant import Limits, Tenant
from models.tenant_policy import TenantPolicy
from models.verdict import Verdict

__all__ = [
    "SCOPES",
    "TABLES",
    "AlreadyThere",
    "ApiKey",
    "KeyText",
    "Limits",
    "LogRecord",
    "NotThere",
    "Page",
    "Tenant",
    "TenantPolicy",
    "TenantRequired",
    "Verdict",
    "derived_key",
    "fingerprint_of",
]

TABLES = (LogRecord, TenantPolicy, Tenant, ApiKey)
"""The models that have a table."""
