"""What all models share: how they reach DynamoDB, and how their tables are made."""

from collections.abc import Callable
from typing import Self

from botocore.exceptions import BotoCoreError
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from models.schema_changes import bring_up_to_date
from settings import settings

DYNAMODB_ERRORS = (PynamoDBException, BotoCoreError, OSError)
"""What a call of a model raises when DynamoDB refuses or does not answer."""

_access_key, _secret_key = settings.engine_credentials or (None, None)


class Connected:
    """The part of a model's `Meta` that they share."""

    region = settings.aws_region
    host = settings.aws_endpoint_url or None
    aws_access_key_id = _access_key
    aws_secret_access_key = _secret_key
    billing_mode = "PAY_PER_REQUEST"
    connect_timeout_seconds = 2
    read_timeout_seconds = 5
    max_retry_attempts = 2


class Awaited(Connected):
    """For rows that a request waits for: it is answered in 5 s, with 503 if need be."""

    connect_timeout_seconds = 1
    read_timeout_seconds = 2
    max_retry_attempts = 1


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
    return error.cause_response_code == "ConditionalCheckFailedException"
