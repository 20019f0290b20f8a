"""What all models share: how they reach DynamoDB, and how their tables are made."""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Self

from botocore.exceptions import BotoCoreError
from pynamodb.connection.base import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from foundation.aws_clients import REQUEST_PATH_TABLES, TABLES, get_connection_arguments
from foundation.forks import after_fork_in_child
from models.tables.call_threads import MAX_CALLS
from models.tables.schema_changes import bring_up_to_date

DYNAMODB_ERRORS = (PynamoDBException, BotoCoreError, OSError)
"""What a call of a model raises when DynamoDB refuses or does not answer."""

_AWS = get_connection_arguments()


class Connected:
    """The part of a model's `Meta` that they share."""

    region = _AWS["region_name"]
    host = _AWS["endpoint_url"]
    aws_access_key_id = _AWS["aws_access_key_id"]
    aws_secret_access_key = _AWS["aws_secret_access_key"]
    billing_mode = "PAY_PER_REQUEST"
    connect_timeout_seconds = TABLES.connect_seconds
    read_timeout_seconds = TABLES.read_seconds
    max_retry_attempts = TABLES.attempts - 1


class Awaited(Connected):
    """For rows that a request waits for: it is answered in 5 s, with 503 if need be."""

    connect_timeout_seconds = REQUEST_PATH_TABLES.connect_seconds
    read_timeout_seconds = REQUEST_PATH_TABLES.read_seconds
    max_retry_attempts = REQUEST_PATH_TABLES.attempts - 1


@lru_cache(1)
def _insert_connection() -> Connection:
    return Connection(
        region=Connected.region,
        host=Connected.host,
        connect_timeout_seconds=Connected.connect_timeout_seconds,
        read_timeout_seconds=Connected.read_timeout_seconds,
        max_retry_attempts=0,
        max_pool_connections=MAX_CALLS,
        aws_access_key_id=Connected.aws_access_key_id,
        aws_secret_access_key=Connected.aws_secret_access_key,
    )


# Its sockets are the parent's.
after_fork_in_child(_insert_connection.cache_clear)
_making = threading.Lock()


def insert_connection() -> Connection:
    """For inserts, from several threads at once.

    botocore tries nothing again there: an insert does so itself, with the items that failed instead of all of a call.
    """
    with _making:
        connection = _insert_connection()
        # Made here, or each thread would make one, which takes longer than a hundred calls.
        _ = connection.client
    return connection


class Table(Model):
    """A model with a table of its own."""

    @classmethod
    def create(cls, tell: Callable[[str], None] = lambda _line: None) -> None:
        """Make the table if it is not there, add what it has not of its model's, and wait until it is usable.

        Args:
            tell: is called with a line for each change, before it is made.
        Raises:
            pynamodb.exceptions.TableError: DynamoDB refused or did not answer.
        """
        bring_up_to_date(cls, tell)

    @classmethod
    def connection(cls) -> TableConnection:
        """To the table."""
        return cls._get_connection()


class KeyedTable(Table):
    """A table whose rows have a hash key and no range key."""

    @classmethod
    def of(cls, key: str) -> Self | None:
        """The row of a key, or None when there is none.

        Raises:
            pynamodb.exceptions.GetError: DynamoDB did not answer.
        """
        try:
            return cls.get(key, consistent_read=True)
        except cls.DoesNotExist:
            return None


def refused_by_condition(error: PynamoDBException) -> bool:
    """Whether a write failed because its condition did not hold, and not because DynamoDB did not do it."""
    # A cause that had no response raises AttributeError inside pynamodb's property, which getattr takes for absent.
    return getattr(error, "cause_response_code", None) == "ConditionalCheckFailedException"
