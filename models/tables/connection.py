"""Connections to DynamoDB: settings of models, and what inserts share."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from botocore.exceptions import BotoCoreError
from pynamodb.connection.base import Connection
from pynamodb.exceptions import PynamoDBException

from foundation.aws_clients import REQUEST_PATH_TABLES, TABLES, get_connection_arguments
from foundation.forks import after_fork_in_child

DYNAMODB_ERRORS = (PynamoDBException, BotoCoreError, OSError)
"""What a call of a model raises when DynamoDB refuses or does not answer."""
CALLS_AT_ONCE = 4
"""Calls under way for one insert."""
MAX_CALLS = 32
"""Calls under way for all inserts of a process, and connections kept open for them.

Enough for CALLS_AT_ONCE in each of a store worker's eight threads (Procfile).
"""

_AWS = get_connection_arguments()


class TableMeta:
    """Settings that the `Meta` of every model shares."""

    region = _AWS["region_name"]
    host = _AWS["endpoint_url"]
    aws_access_key_id = _AWS["aws_access_key_id"]
    aws_secret_access_key = _AWS["aws_secret_access_key"]
    billing_mode = "PAY_PER_REQUEST"
    connect_timeout_seconds = TABLES.connect_seconds
    read_timeout_seconds = TABLES.read_seconds
    max_retry_attempts = TABLES.attempts - 1


class RequestPathMeta(TableMeta):
    """Shorter timeouts for tables that an HTTP request waits for.

    A request is answered within 5 s, with a 503 if DynamoDB is slower.
    """

    connect_timeout_seconds = REQUEST_PATH_TABLES.connect_seconds
    read_timeout_seconds = REQUEST_PATH_TABLES.read_seconds
    max_retry_attempts = REQUEST_PATH_TABLES.attempts - 1


@lru_cache(1)
def _insert_connection() -> Connection:
    return Connection(
        region=TableMeta.region,
        host=TableMeta.host,
        connect_timeout_seconds=TableMeta.connect_timeout_seconds,
        read_timeout_seconds=TableMeta.read_timeout_seconds,
        # botocore would retry all of a call for one item that failed. An insert retries that item alone.
        max_retry_attempts=0,
        max_pool_connections=MAX_CALLS,
        aws_access_key_id=TableMeta.aws_access_key_id,
        aws_secret_access_key=TableMeta.aws_secret_access_key,
    )


# A child would share the parent's sockets, and mix up its answers with the parent's.
after_fork_in_child(_insert_connection.cache_clear)
_creating = threading.Lock()


def get_insert_connection() -> Connection:
    """Return the process's connection for inserts.

    Several threads may use it at once. botocore makes no retries over it: an insert retries the items that failed
    instead of all items of a call.
    """
    with _creating:
        connection = _insert_connection()
        # pynamodb creates the botocore client when `client` is first read, without a lock. Creating it takes longer
        # than a hundred calls, and each thread of the first insert would create one.
        _ = connection.client
    return connection


@lru_cache(1)
def get_call_threads() -> ThreadPoolExecutor:
    """Return the process's threads that wait for DynamoDB during inserts."""
    return ThreadPoolExecutor(MAX_CALLS, thread_name_prefix="dynamodb")


# A fork copies the executor but none of its threads: a child's calls would wait for ever.
after_fork_in_child(get_call_threads.cache_clear)


def is_condition_failure(error: PynamoDBException) -> bool:
    """Return whether a write failed because its condition did not hold.

    Any other failure means that DynamoDB did not answer, or did not do the write.
    """
    # pynamodb reads the code from the cause's response. A cause without a response (a timeout) raises AttributeError
    # inside that property, which getattr with a default takes for a missing attribute.
    return getattr(error, "cause_response_code", None) == "ConditionalCheckFailedException"
