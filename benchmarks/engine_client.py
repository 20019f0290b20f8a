"""AWS client of a benchmark, which calls the engine past the proxies."""

from typing import Any

import boto3


def engine_client(service: Any, url: str) -> Any:
    """Make a boto3 client of `service` for the engine at `url`."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",  # noqa: S106  # the engine takes any key
    )
