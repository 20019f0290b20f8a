"""What to make of an item whose key is taken."""

import hmac
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection.base import Connection
from pynamodb.exceptions import PynamoDBException

from models.crypto.fingerprint import fingerprint_of
from models.crypto.tenant_keys import derived_key
from models.errors import TenantErased
from models.logs.write.verdict import Verdict
from models.tenants.tenant_policy import TenantPolicy

Item = dict[str, dict[str, Any]]

STORED_ATTRIBUTES = ("tenant_id", "log_id", "original_text", "original", "original_fingerprint", "expires_at")
"""Those of the stored item that `judge` looks at."""


def judge(connection: Connection, table: str, item: Item, stored: Item) -> Verdict:
    """Whether an item was there before, or another one has its key.

    One that has expired is as good as gone, whenever DynamoDB deletes it: the newcomer takes its place.

    Args:
        connection: to DynamoDB.
        table: its name.
        item: the newcomer, serialized.
        stored: what has its key, with STORED_ATTRIBUTES.
    """
    if "expires_at" in stored and int(stored["expires_at"]["N"]) <= time.time():
        return _replace_expired(connection, table, item)
    return compare(item, stored)


def compare(item: Item, other: Item) -> Verdict:
    """Whether two items under one id have the same original: REDELIVERED, CONFLICT, or UNAVAILABLE when not known."""
    try:
        return Verdict.REDELIVERED if _same_original(item, other) else Verdict.CONFLICT
    except (PynamoDBException, TenantErased):
        return Verdict.UNAVAILABLE  # the next try says what has become of the tenant


def _same_original(item: Item, stored: Item) -> bool:
    """By their fingerprints, if one of them has one: the text may be encrypted, or another one, in either."""
    mine, theirs = _stored_fingerprint(item), _stored_fingerprint(stored)
    if mine is None and theirs is None:
        return bool(item["original_text"]["S"] == stored["original_text"]["S"])
    return hmac.compare_digest(mine or _made_fingerprint(item), theirs or _made_fingerprint(stored))


def _stored_fingerprint(item: Item) -> bytes | None:
    return item["original_fingerprint"]["B"] if "original_fingerprint" in item else None


def _made_fingerprint(item: Item) -> bytes:
    """That of an item that is older than fingerprints, so its original is in plain text."""
    secret = TenantPolicy.secret_of(item["tenant_id"]["S"])
    return fingerprint_of(derived_key(secret, "fingerprint"), item["log_id"]["S"], item["original_text"]["S"])


def _replace_expired(connection: Connection, table: str, item: Item) -> Verdict:
    put = {
        "TableName": table,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(log_id) OR expires_at <= :now",
        "ExpressionAttributeValues": {":now": {"N": str(int(time.time()))}},
    }
    try:
        connection.dispatch("PutItem", put)
    except (ClientError, BotoCoreError, OSError):
        # Another process may have been faster; the next try finds out what is there now.
        return Verdict.UNAVAILABLE
    return Verdict.STORED
