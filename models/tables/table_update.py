"""Creation of tables, and additions to existing ones."""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import TableError
from pynamodb.models import Model

from models.tables.table_schema import TableState, get_expected_schema, get_table_state

_POLL_SECONDS = 2.0


def update_table(model: type[Model], report: Callable[[str], None]) -> None:
    """Create a model's table, or add its missing indexes and TTL.

    Returns when all of it is ACTIVE. DynamoDB fills a new index from the items of the table. For a large table that
    takes hours, during which logs are stored as usual. Interrupting the wait does not interrupt DynamoDB.

    Args:
        model: the model of the table.
        report: called with a line for each change, before it is made.
    Raises:
        pynamodb.exceptions.TableError: DynamoDB refused or did not answer.
    """
    if get_table_state(model) is None:
        report(f"creating table {model.Meta.table_name}")
        model.create_table(wait=True)
    _add_indexes(model, report)
    _enable_ttl(model, report)


def _add_indexes(model: type[Model], report: Callable[[str], None]) -> None:
    # Private in pynamodb: `create_table` builds its call from the same schema, but nothing public adds an index.
    for index in model._get_schema()["global_secondary_indexes"]:
        name = index["index_name"]
        # DynamoDB adds one index at a time: UpdateTable fails while the table or another index is not ACTIVE.
        if name in _wait_until_ready(model).schema.indexes:
            continue
        report(f"adding index {name} to table {model.Meta.table_name}; DynamoDB fills it from the table's items")
        create = {
            "IndexName": name,
            "KeySchema": sorted(index["key_schema"], key=lambda element: str(element["KeyType"])),
            "Projection": index["projection"],
        }
        change: dict[str, Any] = {
            "TableName": model.Meta.table_name,
            "AttributeDefinitions": index["attribute_definitions"],
            "GlobalSecondaryIndexUpdates": [{"Create": create}],
        }
        try:
            # pynamodb's own `update_table` changes throughput only. `_get_connection` is private, and the only way from
            # a model to its connection.
            model._get_connection().connection.dispatch("UpdateTable", change)
        except (ClientError, BotoCoreError) as error:
            raise TableError(f"{model.Meta.table_name}: {error}", error) from error


def _enable_ttl(model: type[Model], report: Callable[[str], None]) -> None:
    ttl_attribute = get_expected_schema(model).ttl_attribute
    if ttl_attribute is not None and _wait_until_ready(model).schema.ttl_attribute is None:
        report(f"enabling TTL of table {model.Meta.table_name} by {ttl_attribute}")
        model.update_ttl(ignore_update_ttl_errors=False)


def _wait_until_ready(model: type[Model]) -> TableState:
    while (state := get_table_state(model)) is None or state.not_ready:
        time.sleep(_POLL_SECONDS)
    return state
