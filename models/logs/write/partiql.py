"""One PartiQL call that inserts up to 25 items without overwriting."""

from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection.base import Connection

from models.logs.write.duplicate import COMPARED_ATTRIBUTES, Item, decide_duplicate
from models.logs.write.verdict import Verdict

StatementError = dict[str, Any]
LogKey = tuple[str, str]
"""A tenant's id and a log's id: the primary key of a record."""
ReportUnavailable = Callable[[str], None]

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
# The item or call itself is wrong, so a retry fails as well. After any other code a retry may succeed.
PERMANENT_CODES = {
    "ValidationError",
    "ValidationException",
    "SerializationException",
    "ItemCollectionSizeLimitExceeded",
}


def insert_chunk(
    connection: Connection, table: str, items: Sequence[Item], report_unavailable: ReportUnavailable
) -> list[Verdict]:
    """Insert items with one BatchExecuteStatement.

    BatchWriteItem would overwrite, and a transaction would fail whole for one duplicate. A PartiQL INSERT fails for a
    duplicate alone.

    Args:
        connection: to DynamoDB.
        table: the table's name.
        items: at most MAX_STATEMENTS, each with another key; serialized.
        report_unavailable: called with the code or type of each kind of error that may pass.
    Returns:
        A verdict on each item, in their order.
    """
    statements = [_build_insert_statement(table, item) for item in items]
    try:
        # `dispatch`, because pynamodb has no method for PartiQL.
        answer = connection.dispatch("BatchExecuteStatement", {"Statements": statements})
    except (ClientError, BotoCoreError, OSError) as error:
        code = error.response["Error"].get("Code") if isinstance(error, ClientError) else None
        if code in THROTTLING_CODES:
            return [Verdict.THROTTLED] * len(items)
        if code not in PERMANENT_CODES:
            report_unavailable(code or type(error).__name__)
            return [Verdict.UNAVAILABLE] * len(items)
        if len(items) == 1:
            return [Verdict.INVALID]
        # The error names no item, so each is inserted alone.
        return [verdict for item in items for verdict in insert_chunk(connection, table, [item], report_unavailable)]
    errors = [response.get("Error") for response in answer["Responses"]]
    stored = _get_stored_items(connection, table, items, errors)
    for code in {error["Code"] for error in errors if error} - PERMANENT_CODES - THROTTLING_CODES - {DUPLICATE}:
        report_unavailable(code)
    return [_judge(connection, table, item, error, stored) for item, error in zip(items, errors, strict=True)]


def get_log_key(item: Item) -> LogKey:
    """Return an item's tenant id and log id."""
    return item["tenant_id"]["S"], item["log_id"]["S"]


def _build_insert_statement(table: str, item: Item) -> dict[str, Any]:
    fields = ", ".join(f"'{name}': ?" for name in item)
    return {
        "Statement": f'INSERT INTO "{table}" VALUE {{{fields}}}',
        "Parameters": list(item.values()),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _get_stored_items(
    connection: Connection, table: str, items: Sequence[Item], errors: Sequence[StatementError | None]
) -> dict[LogKey, Item]:
    """Return the stored items under duplicates' keys, as far as readable now."""
    duplicates = {
        get_log_key(item): error
        for item, error in zip(items, errors, strict=True)
        if error and error["Code"] == DUPLICATE
    }
    stored: dict[LogKey, Item] = {log_key: error["Item"] for log_key, error in duplicates.items() if "Item" in error}
    # DynamoDB sends the stored item with the error (ALL_OLD above). The embedded engine does not, so it is read.
    unsent = [
        {"tenant_id": {"S": tenant_id}, "log_id": {"S": log_id}} for tenant_id, log_id in duplicates.keys() - stored
    ]
    if not unsent:
        return stored
    request = {"Keys": unsent, "ConsistentRead": True, "ProjectionExpression": ", ".join(COMPARED_ATTRIBUTES)}
    try:
        answer = connection.dispatch("BatchGetItem", {"RequestItems": {table: request}})
    except (ClientError, BotoCoreError, OSError):
        return stored
    return stored | {get_log_key(item): item for item in answer["Responses"].get(table, [])}


def _judge(
    connection: Connection, table: str, item: Item, error: StatementError | None, stored: dict[LogKey, Item]
) -> Verdict:
    if error is None:
        return Verdict.STORED
    if error["Code"] in PERMANENT_CODES:
        return Verdict.INVALID
    if error["Code"] in THROTTLING_CODES:
        return Verdict.THROTTLED
    log_key = get_log_key(item)
    if error["Code"] != DUPLICATE or log_key not in stored:
        return Verdict.UNAVAILABLE
    return decide_duplicate(connection, table, item, stored[log_key])
