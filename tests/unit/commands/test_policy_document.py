"""`flask policy`: one document about how a tenant's logs are redacted and stored."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner

from local.engine import Engine
from models import Storage, TenantPolicy
from webapp import create_app

DOCUMENT = {
    "actions": {"EMAIL": "hash"},
    "allow": ["10.0.0.0/8"],
    "custom": [],
    "original": "encrypt",
    "retention_days": 30,
}


def flask(*arguments: str, typed: str | None = None) -> Result:
    result = FlaskCliRunner(create_app()).invoke(args=["policy", *arguments], input=typed)
    assert "Traceback" not in result.output
    return result


def test_what_is_set_is_shown(tenant: str) -> None:
    assert flask("set", tenant, "-", typed=json.dumps(DOCUMENT)).exit_code == 0

    assert json.loads(flask("show", tenant).stdout) == DOCUMENT
    stored = TenantPolicy.get_or_none(tenant)
    assert stored is not None
    assert stored.storage == Storage("encrypt", 30)


def test_what_is_left_out_is_as_the_settings_say(tenant: str) -> None:
    flask("set", tenant, "-", typed=json.dumps(DOCUMENT))

    assert flask("set", tenant, "-", typed='{"retention_days": 0}').exit_code == 0

    assert json.loads(flask("show", tenant).stdout) == {"actions": {}, "allow": [], "custom": [], "retention_days": 0}
    stored = TenantPolicy.get_or_none(tenant)
    assert stored is not None
    assert stored.storage == Storage(None, 0)


def test_the_policy_of_a_tenant_that_has_none(tenant: str) -> None:
    assert json.loads(flask("show", tenant).stdout) == {"actions": {}, "allow": [], "custom": []}
    TenantPolicy.get_secret(tenant)
    assert json.loads(flask("show", tenant).stdout) == {"actions": {}, "allow": [], "custom": []}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('{"original": "shred"}', "original must be one of keep, encrypt, drop, not 'shred'"),
        ('{"original": ["keep"]}', "original must be one of keep, encrypt, drop, not ['keep']"),
        ('{"retention_days": 36501}', "retention_days must be 0 (for ever) or a number of days up to 36500, not 36501"),
        ('{"retention_days": "30"}', "not '30'"),
        ('{"retention_days": 0.5}', "not 0.5"),
        ('{"orignal": "keep"}', "unknown field `orignal`"),
        ("[]", "not a policy"),
        ("{", "not a policy"),
        ('{"original": }', "not a policy"),
    ],
)
def test_what_is_no_policy_is_not_stored(engine: Engine, tenant: str, wrong: str, message: str) -> None:
    result = flask("set", tenant, "-", typed=wrong)

    assert result.exit_code == 2
    assert message in result.stderr
    assert TenantPolicy.get_or_none(tenant) is None


def test_a_policy_that_somebody_wrote_into_the_table(tenant: str) -> None:
    TenantPolicy(tenant).update([TenantPolicy.original.set("shred"), TenantPolicy.secret.set(bytes(32))])

    result = flask("show", tenant)

    assert result.exit_code == 1
    assert "can't be used, set another one: original must be one of" in result.stderr


def test_the_same_document_tries_the_rules(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(DOCUMENT))

    result = FlaskCliRunner(create_app()).invoke(args=["redact", "--policy", str(file)], input="a@b.co 10.0.0.1\n")

    assert result.stdout.startswith("[EMAIL:")
    assert result.stdout.endswith("] 10.0.0.1\n")


def test_no_policy_for_what_is_no_tenant(engine: Engine) -> None:
    result = flask("set", "white space", "-", typed="{}")

    assert result.exit_code == 2
    assert "a tenant id has 1 to 64 of" in result.stderr


def test_without_dynamodb(engine: Engine, tenant: str) -> None:
    engine.stop()
    try:
        results = [flask("set", tenant, "-", typed="{}"), flask("show", tenant)]
    finally:
        engine.start()

    assert all("DynamoDB did not do it" in result.stderr for result in results)
