"""How benchmarks look at an engine, past the proxies."""

from typing import Any

import boto3


def engine_client(service: Any, url: str) -> Any:
    """boto3's client of a service of the engine at `url`, which takes any key."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",  # noqa: S106  # the engine takes any
    )
