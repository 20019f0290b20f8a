"""Tables on the real engine: made, compared with their models, and brought up to date."""

from typing import Any

import pytest
from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import TableError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from local.engine import Engine
from models import TABLES, differences
from models.tables.connection import Connected, Table


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


def model_of(table: str, billing: str = "PAY_PER_REQUEST", **attributes: Any) -> type[Table]:
    class Meta(Connected):
        table_name = table
        billing_mode = billing
        read_capacity_units = 5
        write_capacity_units = 5

    attributes = {"name": UnicodeAttribute(hash_key=True)} | attributes
    return type("Thing", (Table,), {"Meta": Meta, **attributes})


def wanted(table: str) -> type[Table]:
    return model_of(
        table,
        colour=UnicodeAttribute(null=True),
        made_at=UnicodeAttribute(null=True),
        gone_at=TTLAttribute(null=True),
        by_colour=ByColour(),
        by_shape=ByShape(),
    )


@pytest.fixture
def table(tenant: str) -> str:
    """The name of a table that is not there yet."""
    return f"things-{tenant}"


def test_all_tables_are_as_their_models_say(engine: Engine) -> None:
    assert {line for model in TABLES for line in differences(model)} == set()


def test_a_new_table_has_all_that_its_model_says(table: str) -> None:
    told: list[str] = []
    thing = wanted(table)
    assert list(differences(thing)) == [f"table {table} is not there; run: flask --app webapp db create"]

    thing.create(told.append)
    thing.create(told.append)

    assert list(differences(thing)) == []
    assert told == [f"making table {table}"]


def test_an_older_table_gets_what_it_has_not(table: str) -> None:
    told: list[str] = []
    older = model_of(table, colour=UnicodeAttribute(), made_at=UnicodeAttribute())
    older.create()
    older("a", colour="red", made_at="1").save()
    thing: Any = wanted(table)

    assert list(differences(thing)) == [
        f"table {table}: nothing expires, though gone_at says when; run: flask --app webapp db create",
        f"table {table}: its index by_colour is not there; run: flask --app webapp db create",
        f"table {table}: its index by_shape is not there; run: flask --app webapp db create",
    ]
    thing.create(told.append)

    assert list(differences(thing)) == []
    assert [its.split(";")[0] for its in told] == [
        f"adding index by_colour to table {table}",
        f"adding index by_shape to table {table}",
        f"letting items of table {table} expire by gone_at",
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


def test_every_difference_says_what_to_do(table: str) -> None:
    model_of(
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

    found = list(differences(wanted(table)))

    delete = f'{update} --global-secondary-index-updates \'[{{"Delete":{{"IndexName":"by_colour"}}}}]\''
    assert found == [
        f"table {table} has the keys name (N, HASH), size (S, RANGE) instead of name (S, HASH); keys can't be changed: "
        "name another table in the settings, then run: flask --app webapp db create",
        f"table {table} is billed as PROVISIONED instead of PAY_PER_REQUEST; run: {update} --billing-mode "
        "PAY_PER_REQUEST",
        f"table {table}: items expire by expires_at instead of gone_at; run: aws dynamodb update-time-to-live "
        f"--table-name {table} --time-to-live-specification Enabled=false,AttributeName=expires_at, then, when an hour "
        "is over, run: flask --app webapp db create",
        f"table {table}: its index by_colour has the keys colour (S, HASH), made_at (N, RANGE) instead of colour (S, "
        f"HASH), made_at (S, RANGE); run: {delete}, wait until it is gone, then run: flask --app webapp db create",
        f"table {table}: its index by_colour has the projection ALL instead of INCLUDE, shape, size; run: {delete}, "
        "wait until it is gone, then run: flask --app webapp db create",
        f"table {table}: nothing of Sluice reads its index extra, and it costs write units; if nothing else does, run: "
        f"{delete.replace('by_colour', 'extra')}",
    ]


def test_what_shall_not_expire(table: str) -> None:
    model_of(table, gone_at=TTLAttribute(null=True)).create()

    (line,) = differences(model_of(table))

    assert line.endswith("AttributeName=gone_at")


def test_without_dynamodb_it_can_not_be_said(engine: Engine, table: str) -> None:
    engine.stop()
    try:
        with pytest.raises(TableError):
            list(differences(wanted(table)))
    finally:
        engine.start()
