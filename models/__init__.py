"""PynamoDB models: the only code that talks to DynamoDB."""

from models.errors import TenantRequired
from models.insert import Verdict
from models.log_record import LogRecord, Page

__all__ = ["LogRecord", "Page", "TenantRequired", "Verdict"]
