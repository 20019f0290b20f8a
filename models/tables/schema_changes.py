"""Making a table, or adding to one what its model has and it has not."""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import TableError
from pynamodb.models import Model

from models.tables.table_schema import Described, described, wanted

_LOOK_EVERY_SECONDS = 2.0


def bring_up_to_date(model: type[Model], tell: Callable[[str], None]) -> None:
    """Make a model's table, or add its indexes and its expiry, and wait until all of it is usable.

    DynamoDB fills a new index from what is in the table; of a large one that takes hours, in which logs are stored as
    ever. To stop waiting stops nothing.

    Args:
        model: whose table.
        tell: is called with a line for each change, before it is made.
    Raises:
        pynamodb.exceptions.TableError: DynamoDB refused or did not answer.
    """
    if described(model) is None:
        tell(f"making table {model.Meta.table_name}")
        model.create_table(wait=True)
    _add_indexes(model, tell)
    _expire(model, tell)


def _add_indexes(model: type[Model], tell: Callable[[str], None]) -> None:
    for index in model._get_schema()["global_secondary_indexes"]:
        name = index["index_name"]
        # One at a time is all that DynamoDB takes.
        if name in _wait_until_usable(model).schema.indexes:
            continue
        tell(f"adding index {name} to table {model.Meta.table_name}; DynamoDB fills it from what is there")
        create = {
            "IndexName": name,
            "KeySchema": sorted(index["key_schema"], key=lambda key: str(key["KeyType"])),
            "Projection": index["projection"],
        }
        change: dict[str, Any] = {
            "TableName": model.Meta.table_name,
            "AttributeDefinitions": index["attribute_definitions"],
            "GlobalSecondaryIndexUpdates": [{"Create": create}],
        }
        try:
            model._get_connection().connection.dispatch("UpdateTable", change)
        except (ClientError, BotoCoreError) as error:
            raise TableError(f"{model.Meta.table_name}: {error}", error) from error


def _expire(model: type[Model], tell: Callable[[str], None]) -> None:
    name = wanted(model).expires_by
    if name is not None and _wait_until_usable(model).schema.expires_by is None:
        tell(f"letting items of table {model.Meta.table_name} expire by {name}")
        model._get_connection().update_time_to_live(name)


def _wait_until_usable(model: type[Model]) -> Described:
    while (have := described(model)) is None or have.busy:
        time.sleep(_LOOK_EVERY_SECONDS)
    return have
