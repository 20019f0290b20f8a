"""Tables on the embedded engine: created, compared with their models, updated."""

from typing import Any

import pytest
from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import TableError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from local.engine import Engine
from models import TABLES, find_differences
from models.tables.base import Table
from models.tables.connection import TableMeta


class ByColour(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_colour"
        projection = IncludeProjection(["size", "shape"])

    colour = UnicodeAttribute(hash_key=True)
    made_at = UnicodeAttribute(range_key=True)


class ByShape(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_shape"
        projection = KeysOnlyProjection()

    shape = UnicodeAttribute(hash_key=True)


def build_model(table: str, billing: str = "PAY_PER_REQUEST", **attributes: Any) -> type[Table]:
    class Meta(TableMeta):
        table_name = table
        billing_mode = billing
        read_capacity_units = 5
        write_capacity_units = 5

    attributes = {"name": UnicodeAttribute(hash_key=True)} | attributes
    return type("Thing", (Table,), {"Meta": Meta, **attributes})


def build_complete_model(table: str) -> type[Table]:
    return build_model(
        table,
        colour=UnicodeAttribute(null=True),
        made_at=UnicodeAttribute(null=True),
        gone_at=TTLAttribute(null=True),
        by_colour=ByColour(),
        by_shape=ByShape(),
    )


@pytest.fixture
def table(tenant: str) -> str:
    """Return the name of a table that does not exist yet."""
    return f"things-{tenant}"


def test_no_created_table_differs_from_the_model(engine: Engine) -> None:
    assert {line for model in TABLES for line in find_differences(model)} == set()


def test_a_new_table_has_everything_in_the_model(table: str) -> None:
    lines: list[str] = []
    thing = build_complete_model(table)
    assert list(find_differences(thing)) == [f"table {table} does not exist; run: ./sluice db create"]

    thing.create(lines.append)
    thing.create(lines.append)

    assert list(find_differences(thing)) == []
    assert lines == [f"creating table {table}"]


def test_an_older_table_gets_the_missing_indexes_and_ttl(table: str) -> None:
    lines: list[str] = []
    older = build_model(table, colour=UnicodeAttribute(), made_at=UnicodeAttribute())
    older.create()
    older("a", colour="red", made_at="1").save()
    thing: Any = build_complete_model(table)

    assert list(find_differences(thing)) == [
        f"table {table}: TTL is off instead of by gone_at, so no item expires; run: ./sluice db create",
        f"table {table}: the index by_colour does not exist; run: ./sluice db create",
        f"table {table}: the index by_shape does not exist; run: ./sluice db create",
    ]
    thing.create(lines.append)

    assert list(find_differences(thing)) == []
    assert [line.split(";")[0] for line in lines] == [
        f"adding index by_colour to table {table}",
        f"adding index by_shape to table {table}",
        f"enabling TTL of table {table} by gone_at",
    ]
    assert [found.name for found in thing.by_colour.query("red")] == ["a"]


class OtherByColour(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_colour"
        projection = AllProjection()

    colour = UnicodeAttribute(hash_key=True)
    made_at = NumberAttribute(range_key=True)


class Extra(ByShape):
    class Meta(ByShape.Meta):
        index_name = "extra"


def test_every_difference_names_a_fix(table: str) -> None:
    build_model(
        table,
        billing="PROVISIONED",
        name=NumberAttribute(hash_key=True),
        size=UnicodeAttribute(range_key=True),
        expires_at=TTLAttribute(null=True),
        by_colour=OtherByColour(),
        by_shape=ByShape(),
        extra=Extra(),
    ).create_table(wait=True)
    update = f"aws dynamodb update-table --table-name {table}"

    found = list(find_differences(build_complete_model(table)))

    delete = f'{update} --global-secondary-index-updates \'[{{"Delete":{{"IndexName":"by_colour"}}}}]\''
    assert found == [
        f"table {table} has the keys name (N, HASH), size (S, RANGE) instead of name (S, HASH); the keys of a table "
        "can't be changed: name another table in the settings, then run: ./sluice db create",
        f"table {table} has the billing mode PROVISIONED instead of PAY_PER_REQUEST; run: {update} --billing-mode "
        "PAY_PER_REQUEST",
        f"table {table}: TTL is by expires_at instead of by gone_at; run: aws dynamodb update-time-to-live "
        f"--table-name {table} --time-to-live-specification Enabled=false,AttributeName=expires_at; after an hour, "
        "run: ./sluice db create",
        f"table {table}: the index by_colour has the keys colour (S, HASH), made_at (N, RANGE) instead of colour (S, "
        f"HASH), made_at (S, RANGE); run: {delete}, wait until it is gone, then run: ./sluice db create",
        f"table {table}: the index by_colour has the projection ALL instead of INCLUDE, shape, size; run: {delete}, "
        "wait until it is gone, then run: ./sluice db create",
        f"table {table}: Sluice does not use the index extra, which costs write units; if nothing else uses it, run: "
        f"{delete.replace('by_colour', 'extra')}",
    ]


def test_an_unexpected_ttl_is_a_difference(table: str) -> None:
    build_model(table, gone_at=TTLAttribute(null=True)).create()

    (line,) = find_differences(build_model(table))

    assert line.endswith("AttributeName=gone_at")


def test_comparing_without_dynamodb_raises(engine: Engine, table: str) -> None:
    engine.stop()
    try:
        with pytest.raises(TableError):
            list(find_differences(build_complete_model(table)))
    finally:
        engine.start()
