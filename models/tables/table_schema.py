"""Schemas of tables: expected by models, actual in DynamoDB, and differences."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import TableDoesNotExist, TableError
from pynamodb.models import Model

CREATE = "run: ./sluice db create"


@dataclass(frozen=True, slots=True)
class IndexSchema:
    """Schema of an index.

    Attributes:
        keys: name, type and role of each key attribute, such as "tenant_id (S, HASH)".
        projection: ALL, KEYS_ONLY, or INCLUDE and the names of the attributes.
    """

    keys: tuple[str, ...]
    projection: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableSchema:
    """Schema of a table and its indexes.

    Attributes:
        keys: as in IndexSchema.
        ttl_attribute: the attribute by which DynamoDB deletes expired items; None without TTL.
    """

    keys: tuple[str, ...]
    billing_mode: str
    indexes: Mapping[str, IndexSchema]
    ttl_attribute: str | None


@dataclass(frozen=True, slots=True)
class TableState:
    """State of an existing table.

    Attributes:
        schema: its actual schema.
        not_ready: state of the table and of each index, if not ACTIVE.
    """

    schema: TableSchema
    not_ready: Mapping[str, str]


def get_expected_schema(model: type[Model]) -> TableSchema:
    """Return the schema that a model is written for."""
    # Both are private in pynamodb, and are what its `create_table` and TTL calls are made from.
    expected = model._get_schema()
    ttl = model._ttl_attribute()  # type: ignore[no-untyped-call]  # missing in the package
    return TableSchema(
        _format_keys(expected["key_schema"], expected["attribute_definitions"]),
        str(model.Meta.billing_mode),
        {
            index["index_name"]: IndexSchema(
                _format_keys(index["key_schema"], index["attribute_definitions"]),
                _format_projection(index["projection"]),
            )
            for index in expected["global_secondary_indexes"]
        },
        ttl.attr_name if ttl else None,
    )


def get_table_state(model: type[Model]) -> TableState | None:
    """Return the state of a model's table, or None if missing.

    Raises:
        pynamodb.exceptions.TableError: DynamoDB did not answer.
    """
    try:
        description = model.describe_table()
        ttl_attribute = _get_ttl_attribute(model)
    except TableDoesNotExist:
        return None
    except (ClientError, BotoCoreError) as error:
        raise TableError(f"{model.Meta.table_name}: {error}", error) from error
    indexes = description.get("GlobalSecondaryIndexes", [])
    states = {"the table": description["TableStatus"]} | {
        f"its index {index['IndexName']}": index.get("IndexStatus", "ACTIVE") for index in indexes
    }
    schema = TableSchema(
        _format_keys(description["KeySchema"], description["AttributeDefinitions"]),
        # DynamoDB leaves the summary out for tables that were PROVISIONED all their life.
        description.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        {
            index["IndexName"]: IndexSchema(
                _format_keys(index["KeySchema"], description["AttributeDefinitions"]),
                _format_projection(index["Projection"]),
            )
            for index in indexes
        },
        ttl_attribute,
    )
    return TableState(schema, {name: state for name, state in states.items() if state != "ACTIVE"})


def find_differences(model: type[Model]) -> Iterator[str]:
    """Yield each difference between a table and its model, with the fix.

    Raises:
        pynamodb.exceptions.TableError: DynamoDB did not answer.
    """
    table, expected, state = model.Meta.table_name, get_expected_schema(model), get_table_state(model)
    if state is None:
        yield f"table {table} does not exist; {CREATE}"
        return
    for name, status in state.not_ready.items():
        yield f"table {table}: {name} is {status}; wait until it is ACTIVE"
    actual = state.schema
    yield from _compare_tables(table, expected, actual)
    yield from _compare_ttl(table, expected.ttl_attribute, actual.ttl_attribute)
    for name, index in expected.indexes.items():
        yield from _compare_indexes(table, name, index, actual.indexes.get(name))
    for name in actual.indexes.keys() - expected.indexes.keys():
        yield (
            f"table {table}: Sluice does not use the index {name}, which costs write units; if nothing else uses it, "
            f"{_delete_index_command(table, name)}"
        )


def _compare_tables(table: str, expected: TableSchema, actual: TableSchema) -> Iterator[str]:
    if actual.keys != expected.keys:
        yield (
            f"table {table} has the keys {', '.join(actual.keys)} instead of {', '.join(expected.keys)}; the keys of "
            f"a table can't be changed: name another table in the settings, then {CREATE}"
        )
    if actual.billing_mode != expected.billing_mode:
        yield (
            f"table {table} has the billing mode {actual.billing_mode} instead of {expected.billing_mode}; run: "
            f"aws dynamodb update-table --table-name {table} --billing-mode {expected.billing_mode}"
        )


def _compare_ttl(table: str, expected: str | None, actual: str | None) -> Iterator[str]:
    if actual == expected:
        return
    if actual is None:
        yield f"table {table}: TTL is off instead of by {expected}, so no item expires; {CREATE}"
        return
    # DynamoDB takes up to an hour to switch TTL off, and refuses another attribute until then.
    then = f"; after an hour, {CREATE}" if expected else ""
    yield (
        f"table {table}: TTL is by {actual} instead of {f'by {expected}' if expected else 'off'}; run: aws dynamodb "
        f"update-time-to-live --table-name {table} --time-to-live-specification "
        f"Enabled=false,AttributeName={actual}{then}"
    )


def _compare_indexes(table: str, name: str, expected: IndexSchema, actual: IndexSchema | None) -> Iterator[str]:
    if actual is None:
        yield f"table {table}: the index {name} does not exist; {CREATE}"
        return
    parts = (("keys", actual.keys, expected.keys), ("projection", actual.projection, expected.projection))
    for part, actual_part, expected_part in parts:
        if actual_part != expected_part:
            yield (
                f"table {table}: the index {name} has the {part} {', '.join(actual_part)} instead of "
                f"{', '.join(expected_part)}; {_delete_index_command(table, name)}, wait until it is gone, then "
                f"{CREATE}"
            )


def _delete_index_command(table: str, name: str) -> str:
    update = f'[{{"Delete":{{"IndexName":"{name}"}}}}]'
    return f"run: aws dynamodb update-table --table-name {table} --global-secondary-index-updates '{update}'"


def _get_ttl_attribute(model: type[Model]) -> str | None:
    # The botocore client, since pynamodb's `dispatch` adds ReturnConsumedCapacity, which this operation does not have.
    client: Any = model._get_connection().connection.client
    description = client.describe_time_to_live(TableName=model.Meta.table_name)["TimeToLiveDescription"]
    is_enabled = description["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
    name: str | None = description.get("AttributeName") if is_enabled else None
    return name


def _format_keys(key_schema: Iterable[Any], definitions: Iterable[Any]) -> tuple[str, ...]:
    types = {definition["AttributeName"]: definition["AttributeType"] for definition in definitions}
    ordered = sorted(key_schema, key=lambda element: str(element["KeyType"]))
    return tuple(
        f"{element['AttributeName']} ({types[element['AttributeName']]}, {element['KeyType']})" for element in ordered
    )


def _format_projection(projection: Mapping[str, Any]) -> tuple[str, ...]:
    return (projection["ProjectionType"], *sorted(projection.get("NonKeyAttributes") or ()))
