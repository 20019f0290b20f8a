"""`flask db create` and `flask db check`."""

import pytest
from flask.testing import FlaskCliRunner
from pynamodb.attributes import UnicodeAttribute

from commands import infrastructure
from local.engine import Engine
from models import TABLES
from models.tables.base import Table
from models.tables.connection import TableMeta
from webapp import create_app


def test_a_table_that_is_not_there(engine: Engine, tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Thing(Table):
        class Meta(TableMeta):
            table_name = f"things-{tenant}"

        name = UnicodeAttribute(hash_key=True)

    flask = FlaskCliRunner(create_app()).invoke
    assert flask(args=["db", "check"]).exit_code == 0
    monkeypatch.setattr(infrastructure, "TABLES", (*TABLES, Thing))

    check = flask(args=["db", "check"])
    assert check.exit_code == 1
    assert check.stdout.splitlines()[-1] == f"table things-{tenant} does not exist; run: flask --app webapp db create"

    create = flask(args=["db", "create"])
    assert create.exit_code == 0
    assert {f"creating table things-{tenant}", f"table things-{tenant} is ready"} <= set(create.stdout.splitlines())
    assert flask(args=["db", "check"]).exit_code == 0


def test_without_dynamodb_the_commands_say_so(engine: Engine) -> None:
    flask = FlaskCliRunner(create_app()).invoke
    engine.stop()
    try:
        for command in ("create", "check"):
            result = flask(args=["db", command])
            assert result.exit_code == 1
            assert "DynamoDB did not do it" in result.stderr
            assert "Traceback" not in result.output
    finally:
        engine.start()
