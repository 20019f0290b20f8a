"""How every model reaches DynamoDB."""

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
