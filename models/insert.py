"""Inserts that never overwrite, 25 to a call, with a verdict on each item."""

from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection.base import Connection

from models.duplicate import STORED_ATTRIBUTES, Item, judge
from models.verdict import Verdict
from topology import MAX_STATEMENTS

Error = dict[str, Any]
Key = tuple[str, str]

DUPLICATE = "DuplicateItem"


# A statement or a call that fails with one of these fails for what is in it; after any other code it may work later.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
PERMANENT_CODES = {
    "ValidationError",
    "ValidationException",
    "SerializationException",
    "ItemCollectionSizeLimitExceeded",
}


def insert_items(
    connection: Connection, table: str, items: Sequence[Item], tell_unavailable: Callable[[str], None]
) -> list[Verdict]:
    """Insert serialized items into `table`, MAX_STATEMENTS a call.

    Args:
        connection: to DynamoDB.
        table: its name.
        items: with the key and `original_text` at least.
        tell_unavailable: called with the code or type of each kind of error that may not come again.
    Returns:
        A verdict on each item, in their order.
    """
    verdicts = [Verdict.UNAVAILABLE] * len(items)
    first_uses = _first_uses(items)
    for index, first in enumerate(first_uses):
        # One call may name a key once only, so a later use of a log id is judged here, as the table would judge it.
        if first != index:
            verdicts[index] = judge(connection, table, items[index], items[first])
    pending = [index for index, first in enumerate(first_uses) if first == index]
    for start in range(0, len(pending), MAX_STATEMENTS):
        chunk = pending[start : start + MAX_STATEMENTS]
        for index, verdict in zip(
            chunk, _insert_call(connection, table, [items[i] for i in chunk], tell_unavailable), strict=True
        ):
            verdicts[index] = verdict
        if all(verdicts[index] is Verdict.UNAVAILABLE for index in chunk):
            break  # the calls to come would wait for the same outage
    return verdicts


def _first_uses(items: Sequence[Item]) -> list[int]:
    first_of: dict[Key, int] = {}
    return [first_of.setdefault(_key(item), index) for index, item in enumerate(items)]


def _insert_call(
    connection: Connection, table: str, items: Sequence[Item], tell_unavailable: Callable[[str], None]
) -> list[Verdict]:
    statements = [_insert_statement(table, item) for item in items]
    try:
        answer = connection.dispatch("BatchExecuteStatement", {"Statements": statements})
    except (ClientError, BotoCoreError, OSError) as error:
        code = error.response["Error"].get("Code") if isinstance(error, ClientError) else None
        if code not in PERMANENT_CODES:
            tell_unavailable(code or type(error).__name__)
            return [Verdict.UNAVAILABLE] * len(items)
        if len(items) == 1:
            return [Verdict.INVALID]
        # The call names no culprit: each item is judged alone.
        return [verdict for item in items for verdict in _insert_call(connection, table, [item], tell_unavailable)]
    errors = [response.get("Error") for response in answer["Responses"]]
    stored = _stored_items(connection, table, items, errors)
    for code in {failed["Code"] for failed in errors if failed} - PERMANENT_CODES - {DUPLICATE}:
        tell_unavailable(code)
    return [_verdict(connection, table, item, error, stored) for item, error in zip(items, errors, strict=True)]


def _insert_statement(table: str, item: Item) -> dict[str, Any]:
    fields = ", ".join(f"'{name}': ?" for name in item)
    return {
        "Statement": f'INSERT INTO "{table}" VALUE {{{fields}}}',
        "Parameters": list(item.values()),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _stored_items(
    connection: Connection, table: str, items: Sequence[Item], errors: Sequence[Error | None]
) -> dict[Key, Item]:
    """What is in the table under the keys of the duplicates; not what can't be read now."""
    duplicates = {
        _key(item): error for item, error in zip(items, errors, strict=True) if error and error["Code"] == DUPLICATE
    }
    stored = {key: error["Item"] for key, error in duplicates.items() if "Item" in error}
    # DynamoDB sends the stored item with the error. The embedded engine does not, so it is read.
    unsent = [{"tenant_id": {"S": tenant}, "log_id": {"S": log}} for tenant, log in duplicates.keys() - stored.keys()]
    if not unsent:
        return stored
    wanted = {"Keys": unsent, "ConsistentRead": True, "ProjectionExpression": ", ".join(STORED_ATTRIBUTES)}
    try:
        answer = connection.dispatch("BatchGetItem", {"RequestItems": {table: wanted}})
    except (ClientError, BotoCoreError, OSError):
        return stored
    return stored | {_key(item): item for item in answer["Responses"].get(table, [])}


def _verdict(connection: Connection, table: str, item: Item, error: Error | None, stored: dict[Key, Item]) -> Verdict:
    if error is None:
        return Verdict.STORED
    if error["Code"] in PERMANENT_CODES:
        return Verdict.INVALID
    if error["Code"] != DUPLICATE or _key(item) not in stored:
        return Verdict.UNAVAILABLE
    return judge(connection, table, item, stored[_key(item)])


def _key(item: Item) -> Key:
    return item["tenant_id"]["S"], item["log_id"]["S"]
