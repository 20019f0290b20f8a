"""One call that inserts up to 25 items and never overwrites, with a verdict on each."""

from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection.base import Connection

from models.logs.write.duplicate import STORED_ATTRIBUTES, Item, judge
from models.logs.write.verdict import Verdict

Error = dict[str, Any]
Key = tuple[str, str]
Tell = Callable[[str], None]

DUPLICATE = "DuplicateItem"

# Codes of a statement, and of a whole call.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/throttling-diagnosing-workflow.html
THROTTLING_CODES = {
    "ThrottlingError",
    "ThrottlingException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
}
# What fails with one of these fails for what is in it; after any other code it may work later.
PERMANENT_CODES = {
    "ValidationError",
    "ValidationException",
    "SerializationException",
    "ItemCollectionSizeLimitExceeded",
}


def insert_call(connection: Connection, table: str, items: Sequence[Item], tell_unavailable: Tell) -> list[Verdict]:
    """Insert items with one BatchExecuteStatement.

    Args:
        connection: to DynamoDB.
        table: its name.
        items: MAX_STATEMENTS at most, each with another key; serialized.
        tell_unavailable: called with the code or type of each kind of error that may not come again.
    Returns:
        A verdict on each item, in their order.
    """
    statements = [_insert_statement(table, item) for item in items]
    try:
        answer = connection.dispatch("BatchExecuteStatement", {"Statements": statements})
    except (ClientError, BotoCoreError, OSError) as error:
        code = error.response["Error"].get("Code") if isinstance(error, ClientError) else None
        if code in THROTTLING_CODES:
            return [Verdict.THROTTLED] * len(items)
        if code not in PERMANENT_CODES:
            tell_unavailable(code or type(error).__name__)
            return [Verdict.UNAVAILABLE] * len(items)
        if len(items) == 1:
            return [Verdict.INVALID]
        # The call names no culprit: each item is judged alone.
        return [verdict for item in items for verdict in insert_call(connection, table, [item], tell_unavailable)]
    errors = [response.get("Error") for response in answer["Responses"]]
    stored = _stored_items(connection, table, items, errors)
    for code in {failed["Code"] for failed in errors if failed} - PERMANENT_CODES - THROTTLING_CODES - {DUPLICATE}:
        tell_unavailable(code)
    return [_verdict(connection, table, item, error, stored) for item, error in zip(items, errors, strict=True)]


def key_of(item: Item) -> Key:
    """Its tenant and its log id."""
    return item["tenant_id"]["S"], item["log_id"]["S"]


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
    """What is in the table under the keys of the duplicates; without those that can't be read now."""
    duplicates = {
        key_of(item): error for item, error in zip(items, errors, strict=True) if error and error["Code"] == DUPLICATE
    }
    stored: dict[Key, Item] = {key: error["Item"] for key, error in duplicates.items() if "Item" in error}
    # DynamoDB sends the stored item with the error. The embedded engine does not, so it is read.
    unsent = [{"tenant_id": {"S": tenant}, "log_id": {"S": log}} for tenant, log in duplicates.keys() - stored.keys()]
    if not unsent:
        return stored
    wanted = {"Keys": unsent, "ConsistentRead": True, "ProjectionExpression": ", ".join(STORED_ATTRIBUTES)}
    try:
        answer = connection.dispatch("BatchGetItem", {"RequestItems": {table: wanted}})
    except (ClientError, BotoCoreError, OSError):
        return stored
    return stored | {key_of(item): item for item in answer["Responses"].get(table, [])}


def _verdict(connection: Connection, table: str, item: Item, error: Error | None, stored: dict[Key, Item]) -> Verdict:
    if error is None:
        return Verdict.STORED
    if error["Code"] in PERMANENT_CODES:
        return Verdict.INVALID
    if error["Code"] in THROTTLING_CODES:
        return Verdict.THROTTLED
    if error["Code"] != DUPLICATE or key_of(item) not in stored:
        return Verdict.UNAVAILABLE
    return judge(connection, table, item, stored[key_of(item)])
