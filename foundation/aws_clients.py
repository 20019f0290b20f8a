"""AWS clients of every process, with their endpoint, credentials and limits.

Two libraries make clients of their own, and take their numbers from here: kombu (see celeryconfig and
broker.transport.channel) and PynamoDB (see models.tables.connection).
"""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from foundation.forks import after_fork_in_child
from settings import settings


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Limits of a client's calls.

    Attributes:
        connect_seconds: to open a connection.
        read_seconds: that AWS may take to answer, and from then on between two reads.
        attempts: of each call, the first one included.
        connections: that the pool keeps open.
    """

    connect_seconds: float
    read_seconds: float
    attempts: int
    connections: int = 10

    @property
    def botocore_options(self) -> dict[str, Any]:
        """The same as arguments of botocore's Config."""
        return {
            "connect_timeout": self.connect_seconds,
            "read_timeout": self.read_seconds,
            "retries": {"total_max_attempts": self.attempts, "mode": "standard"},
            "max_pool_connections": self.connections,
        }


BROKER = CallLimits(2, 5, attempts=2, connections=256)
"""Kombu's: a client of /ingest waits for these, and gets its 503 within seconds. Each thread of web may publish."""
QUEUE_SETUP = CallLimits(2, 2, attempts=1)
"""Creating and checking queues: gives up within about 5 s."""
FAILURE_QUEUE = CallLimits(2, 5, attempts=4)
SWEEP = CallLimits(2, 5, attempts=5)
"""A sweep is in no hurry, and SQS throttles reading tags."""
KMS = CallLimits(1, 2, attempts=2)
IDENTITY = CallLimits(1, 2, attempts=1)
"""Asking STS for the account, which somebody waits for."""
TABLES = CallLimits(2, 5, attempts=3)
REQUEST_PATH_TABLES = CallLimits(1, 2, attempts=2)
"""Rows that an HTTP request waits for: it is answered within 5 s, with 503 if need be."""

# Reentrant, since a shared client is made while it is held.
_lock = threading.RLock()
_clients: dict[Hashable, Any] = {}


def get_connection_arguments() -> dict[str, Any]:
    """Return region, endpoint and credentials, as boto3 names them."""
    access_key_id, secret = settings.engine_credentials or (None, None)
    return {
        "region_name": settings.aws_region,
        "endpoint_url": settings.aws_endpoint_url or None,
        "aws_access_key_id": access_key_id,
        "aws_secret_access_key": secret,
    }


def make_client(service: str, limits: CallLimits) -> Any:
    """Make a boto3 client of an AWS service, such as "sqs"."""
    # boto3's default session caches the services' models, but may not make clients in two threads at a time.
    with _lock:
        return boto3.client(  # type: ignore[call-overload]  # the stubs take literals only
            service, config=Config(**limits.botocore_options), **get_connection_arguments()
        )


def get_shared_client(service: str, limits: CallLimits) -> Any:
    """Return the process's client of a service; make it on first use."""
    return share_client((service, limits, settings.aws_endpoint_url), lambda: make_client(service, limits))


def share_client(name: Hashable, make: Callable[[], Any]) -> Any:
    """Return the process's client of this name; `make` it on first use.

    Making a client loads the service's model, which takes longer than a hundred sends. Clients are thread-safe.
    """
    with _lock:
        if name in _clients:
            return _clients[name]
        client = make()
        # A client that was made while no credentials could be found never gets any.
        if client._request_signer._credentials is not None:
            _clients[name] = client
        return client


@after_fork_in_child
def _forget_clients() -> None:
    # A child must not use its parent's sockets, nor wait for a lock that a thread of the parent held.
    global _lock
    _lock = threading.RLock()
    _clients.clear()
