"""What all models share: how they reach DynamoDB, and how their tables are made."""

from typing import Self

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException, TableError
from pynamodb.models import Model

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
    def create(cls) -> None:
        """Make the table if it is not there, wait until it is usable, and let its items expire if they shall.

        Raises:
            pynamodb.exceptions.TableError: DynamoDB refused or did not answer.
        """
        if not cls.exists():
            cls.create_table(wait=True)
        elif cls._ttl_attribute() and not cls.expires():  # type: ignore[no-untyped-call]  # missing in the stubs
            cls.update_ttl(ignore_update_ttl_errors=False)

    @classmethod
    def expires(cls) -> bool:
        """Whether DynamoDB deletes the items of the table at their time.

        Raises:
            pynamodb.exceptions.TableError: DynamoDB refused or did not answer.
        """
        try:
            client = cls._get_connection().connection.client
            answer = client.describe_time_to_live(TableName=cls.Meta.table_name)  # type: ignore[attr-defined]  # its stub
        except (ClientError, BotoCoreError) as error:
            raise TableError("TTL of the table can't be read", error) from None
        return answer["TimeToLiveDescription"].get("TimeToLiveStatus") in ("ENABLED", "ENABLING")


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
