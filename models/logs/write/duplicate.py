"""Meanings of an insert under an existing key: redelivery, conflict, or expired."""

import hmac
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection.base import Connection
from pynamodb.exceptions import PynamoDBException

from models.crypto.tenant_keys import compute_fingerprint, derive_key
from models.errors import TenantErased
from models.logs.write.verdict import Verdict
from models.tenants.tenant_policy import TenantPolicy

Item = dict[str, dict[str, Any]]
"""An item as DynamoDB's API has it: attribute name to type and value."""

COMPARED_ATTRIBUTES = ("tenant_id", "log_id", "original_text", "original", "original_fingerprint", "expires_at")
"""Attributes of the stored item that `decide_duplicate` needs."""


def decide_duplicate(connection: Connection, table: str, item: Item, stored: Item) -> Verdict:
    """Decide what an insert under an existing key means.

    A redelivery if both items have the same original, or else a conflict. An expired item counts as deleted, whenever
    DynamoDB deletes it: the new item replaces it.

    Args:
        connection: to DynamoDB.
        table: the table's name.
        item: the new item, serialized.
        stored: the item under its key, with COMPARED_ATTRIBUTES.
    """
    if "expires_at" in stored and int(stored["expires_at"]["N"]) <= time.time():
        return _replace_expired(connection, table, item)
    return compare_originals(item, stored)


def compare_originals(item: Item, other: Item) -> Verdict:
    """Judge two items under one id by their originals.

    REDELIVERED if they have the same one, or else CONFLICT; UNAVAILABLE if the tenant's secret can't be read
    now.
    """
    try:
        return Verdict.REDELIVERED if _have_same_original(item, other) else Verdict.CONFLICT
    except (PynamoDBException, TenantErased):
        return Verdict.UNAVAILABLE  # the next try of the task notices an erasure


def _have_same_original(item: Item, stored: Item) -> bool:
    """Compare fingerprints if either item has one, or else the texts.

    The text of an item with a fingerprint may be encrypted or replaced.
    """
    fingerprint, stored_fingerprint = _get_fingerprint(item), _get_fingerprint(stored)
    if fingerprint is None and stored_fingerprint is None:
        return bool(item["original_text"]["S"] == stored["original_text"]["S"])
    return hmac.compare_digest(
        fingerprint or _compute_item_fingerprint(item), stored_fingerprint or _compute_item_fingerprint(stored)
    )


def _get_fingerprint(item: Item) -> bytes | None:
    return item["original_fingerprint"]["B"] if "original_fingerprint" in item else None


def _compute_item_fingerprint(item: Item) -> bytes:
    """Compute the fingerprint of an item that was stored without one.

    Such items are older than fingerprints, so their original is in plain text.
    """
    secret = TenantPolicy.get_secret(item["tenant_id"]["S"])
    return compute_fingerprint(derive_key(secret, "fingerprint"), item["log_id"]["S"], item["original_text"]["S"])


def _replace_expired(connection: Connection, table: str, item: Item) -> Verdict:
    put = {
        "TableName": table,
        "Item": item,
        # The only write that replaces a record, so DynamoDB checks once more that nothing but an expired one is there.
        "ConditionExpression": "attribute_not_exists(log_id) OR expires_at <= :now",
        "ExpressionAttributeValues": {":now": {"N": str(int(time.time()))}},
    }
    try:
        connection.dispatch("PutItem", put)
    except (ClientError, BotoCoreError, OSError):
        # Another process may have been faster; the next try finds what is stored then.
        return Verdict.UNAVAILABLE
    return Verdict.STORED
