"""What a table is like: as its model says, and as DynamoDB says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import TableDoesNotExist, TableError
from pynamodb.models import Model


@dataclass(frozen=True, slots=True)
class IndexSchema:
    """An index.

    Attributes:
        keys: name, type and role of each, such as "tenant_id (S, HASH)".
        projection: ALL, KEYS_ONLY, or INCLUDE and the names of the attributes.
    """

    keys: tuple[str, ...]
    projection: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table; `expires_by` is the attribute by which DynamoDB deletes items, if there is one."""

    keys: tuple[str, ...]
    billing_mode: str
    indexes: Mapping[str, IndexSchema]
    expires_by: str | None


@dataclass(frozen=True, slots=True)
class Described:
    """A table that is there; `busy` names what of it is not usable yet, with its state."""

    schema: TableSchema
    busy: Mapping[str, str]


def wanted(model: type[Model]) -> TableSchema:
    """The table that a model is written for."""
    said = model._get_schema()
    ttl = model._ttl_attribute()  # type: ignore[no-untyped-call]  # missing in the package
    return TableSchema(
        _keys(said["key_schema"], said["attribute_definitions"]),
        str(model.Meta.billing_mode),
        {
            index["index_name"]: IndexSchema(
                _keys(index["key_schema"], index["attribute_definitions"]), _projection(index["projection"])
            )
            for index in said["global_secondary_indexes"]
        },
        ttl.attr_name if ttl else None,
    )


def described(model: type[Model]) -> Described | None:
    """The table that is there, if one is.

    Raises:
        pynamodb.exceptions.TableError: DynamoDB did not answer.
    """
    try:
        said = model.describe_table()
        expires_by = _expires_by(model)
    except TableDoesNotExist:
        return None
    except (ClientError, BotoCoreError) as error:
        raise TableError(f"{model.Meta.table_name}: {error}", error) from error
    indexes = said.get("GlobalSecondaryIndexes", [])
    states = {"the table": said["TableStatus"]} | {
        f"its index {index['IndexName']}": index.get("IndexStatus", "ACTIVE") for index in indexes
    }
    schema = TableSchema(
        _keys(said["KeySchema"], said["AttributeDefinitions"]),
        # Absent from tables that never were anything else.
        said.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        {
            index["IndexName"]: IndexSchema(
                _keys(index["KeySchema"], said["AttributeDefinitions"]), _projection(index["Projection"])
            )
            for index in indexes
        },
        expires_by,
    )
    return Described(schema, {name: state for name, state in states.items() if state != "ACTIVE"})


def _expires_by(model: type[Model]) -> str | None:
    # Not `dispatch`, which asks for consumed capacity where there is none.
    client: Any = model._get_connection().connection.client
    said = client.describe_time_to_live(TableName=model.Meta.table_name)["TimeToLiveDescription"]
    name: str | None = said.get("AttributeName") if said["TimeToLiveStatus"] in ("ENABLED", "ENABLING") else None
    return name


def _keys(key_schema: Iterable[Any], definitions: Iterable[Any]) -> tuple[str, ...]:
    types = {its["AttributeName"]: its["AttributeType"] for its in definitions}
    ordered = sorted(key_schema, key=lambda key: str(key["KeyType"]))
    return tuple(f"{key['AttributeName']} ({types[key['AttributeName']]}, {key['KeyType']})" for key in ordered)


def _projection(said: Mapping[str, Any]) -> tuple[str, ...]:
    return (said["ProjectionType"], *sorted(said.get("NonKeyAttributes") or ()))
