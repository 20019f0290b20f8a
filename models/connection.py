"""What all models share: how they reach DynamoDB, and how their tables are made."""

from pynamodb.models import Model

from settings import settings

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


class Table(Model):
    """A model with a table of its own."""

    @classmethod
    def create(cls) -> None:
        """Make the table if it is not there, and wait until it is usable.

        Raises:
            pynamodb.exceptions.TableError: DynamoDB refused or did not answer.
        """
        if not cls.exists():
            cls.create_table(wait=True)
