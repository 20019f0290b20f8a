"""`./sluice db create` and `./sluice db check`."""

from functools import partial

import pytest
from click.testing import CliRunner
from pynamodb.attributes import UnicodeAttribute

from commands import infrastructure
from commands.main import sluice
from local.engine import Engine
from models import TABLES
from models.tables.base import Table
from models.tables.connection import TableMeta


def test_a_table_that_is_not_there(engine: Engine, tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Thing(Table):
        class Meta(TableMeta):
            table_name = f"things-{tenant}"

        name = UnicodeAttribute(hash_key=True)

    run_sluice = partial(CliRunner().invoke, sluice)
    assert run_sluice(["db", "check"]).exit_code == 0
    monkeypatch.setattr(infrastructure, "TABLES", (*TABLES, Thing))

    check = run_sluice(["db", "check"])
    assert check.exit_code == 1
    assert check.stdout.splitlines()[-1] == f"table things-{tenant} does not exist; run: ./sluice db create"

    create = run_sluice(["db", "create"])
    assert create.exit_code == 0
    assert {f"creating table things-{tenant}", f"table things-{tenant} is ready"} <= set(create.stdout.splitlines())
    assert run_sluice(["db", "check"]).exit_code == 0


def test_without_dynamodb_the_commands_say_so(engine: Engine) -> None:
    run_sluice = partial(CliRunner().invoke, sluice)
    engine.stop()
    try:
        for command in ("create", "check"):
            result = run_sluice(["db", command])
            assert result.exit_code == 1
            assert "DynamoDB does not answer" in result.stderr
            assert "Traceback" not in result.output
    finally:
        engine.start()
