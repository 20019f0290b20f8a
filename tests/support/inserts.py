"""Items to insert, and connections for inserts."""

from pynamodb.connection.base import Connection

from models.logs.write.duplicate import Item
from settings import settings


def connect_to(url: str, read_timeout_seconds: float = 5) -> Connection:
    """Return a connection for inserts to `url`, which makes no retries."""
    assert settings.engine_credentials
    key, secret = settings.engine_credentials
    connection = Connection(
        settings.aws_region,
        url,
        read_timeout_seconds=read_timeout_seconds,
        max_retry_attempts=0,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )
    _ = connection.client  # created here, not by each thread of an insert
    return connection


def build_items(tenant: str, count: int, text: str = "x") -> list[Item]:
    """Build `count` items with log ids from 000 on."""
    fields = {"original_text": {"S": text}, "modified_text": {"S": text}, "processed_at": {"S": "2026"}}
    return [{"tenant_id": {"S": tenant}, "log_id": {"S": f"{index:03}"}} | fields for index in range(count)]
