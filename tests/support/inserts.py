"""Items to insert, and a connection to insert them over."""

from pynamodb.connection.base import Connection

from models.logs.write.duplicate import Item
from settings import settings


def connection_to(url: str, read_timeout_seconds: float = 5) -> Connection:
    """As inserts need it: it tries nothing again."""
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
    _ = connection.client  # made here, not by the threads of an insert
    return connection


def items_of(tenant: str, count: int, text: str = "x") -> list[Item]:
    """`count` items with log ids from 000 on."""
    fields = {"original_text": {"S": text}, "modified_text": {"S": text}, "processed_at": {"S": "2026"}}
    return [{"tenant_id": {"S": tenant}, "log_id": {"S": f"{place:03}"}} | fields for place in range(count)]
