"""PynamoDB models: the only code that talks to DynamoDB."""

from models.errors import TenantRequired
from models.insert import Verdict
from models.log_record import LogRecord, Page
from models.tenant_policy import TenantPolicy

__all__ = ["LogRecord", "Page", "TenantPolicy", "TenantRequired", "Verdict"]
