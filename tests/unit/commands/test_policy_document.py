"""`./sluice policy`: one document for redaction and storage."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands.main import sluice
from local.engine import Engine
from models import Storage, Tenant, TenantPolicy
from tests.support.failure_queue import fail

DOCUMENT = {
    "actions": {"EMAIL": "hash"},
    "allow": ["10.0.0.0/8"],
    "custom": [],
    "original": "encrypt",
    "retention_days": 30,
}


def run(*arguments: str, typed: str | None = None) -> Result:
    result = CliRunner().invoke(sluice, ["policy", *arguments], input=typed)
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def created(tenant: str) -> str:
    """Create a tenant."""
    Tenant.add(tenant, "Example Ltd")
    return tenant


def test_what_is_set_is_shown(created: str) -> None:
    assert run("set", created, "-", typed=json.dumps(DOCUMENT)).exit_code == 0

    assert json.loads(run("show", created).stdout) == DOCUMENT
    stored = TenantPolicy.get_or_none(created)
    assert stored is not None
    assert stored.storage == Storage("encrypt", 30)


def test_members_that_are_left_out_are_left_to_the_settings(created: str) -> None:
    run("set", created, "-", typed=json.dumps(DOCUMENT))

    assert run("set", created, "-", typed='{"retention_days": 0}').exit_code == 0

    assert json.loads(run("show", created).stdout) == {"actions": {}, "allow": [], "custom": []} | {
        "original": None,
        "retention_days": 0,
    }
    stored = TenantPolicy.get_or_none(created)
    assert stored is not None
    assert stored.storage == Storage(None, 0)


def test_show_prints_the_default_policy_and_the_settings_behind_it(tenant: str) -> None:
    default = {"actions": {}, "allow": [], "custom": [], "original": None, "retention_days": None}
    shown = run("show", tenant)
    assert json.loads(shown.stdout) == default
    assert "SLUICE_ORIGINAL applies, which is keep\n" in shown.stderr
    assert "SLUICE_RETENTION_DAYS applies, which is 0, for ever\n" in shown.stderr
    TenantPolicy.get_secret(tenant)
    assert json.loads(run("show", tenant).stdout) == default
    # Shown and set again, nothing is fixed that was left to the settings.
    run("set", tenant, "-", typed=shown.stdout)
    assert json.loads(run("show", tenant).stdout) == default


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('{"original": "shred"}', "original must be one of keep, encrypt, drop, not 'shred'"),
        ('{"original": ["keep"]}', "original must be one of keep, encrypt, drop, not ['keep']"),
        ('{"retention_days": 36501}', "retention_days must be 0 (for ever) or a number of days up to 36500, not 36501"),
        ('{"retention_days": "30"}', "not '30'"),
        ('{"retention_days": 0.5}', "not 0.5"),
        (
            '{"actions": {"EMAIL": "shred"}}',
            "unknown action 'shred' for EMAIL: allowed are token, partial, hash, drop, keep",
        ),
        ('{"orignal": "keep"}', "unknown field `orignal`"),
        ("[]", "not a policy"),
        ("{", "not a policy"),
        ('{"original": }', "not a policy"),
    ],
)
def test_what_is_no_policy_is_not_stored(engine: Engine, tenant: str, wrong: str, message: str) -> None:
    result = run("set", tenant, "-", typed=wrong)

    assert result.exit_code == 2
    assert message in result.stderr
    assert TenantPolicy.get_or_none(tenant) is None


def test_a_policy_that_somebody_wrote_into_the_table(tenant: str) -> None:
    TenantPolicy(tenant).update([TenantPolicy.original.set("shred"), TenantPolicy.secret.set(bytes(32))])

    result = run("show", tenant)

    assert result.exit_code == 1
    assert "can't be used; set another one: original must be one of" in result.stderr


def test_the_same_document_tries_the_rules(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(DOCUMENT))

    result = CliRunner().invoke(sluice, ["redact", "--policy", str(file)], input="a@b.co 10.0.0.1\n")

    assert result.stdout.startswith("[EMAIL:")
    assert result.stdout.endswith("] 10.0.0.1\n")


def test_set_refuses_a_tenant_without_any_data(engine: Engine, tenant: str) -> None:
    result = run("set", tenant, "-", typed="{}")

    assert result.exit_code == 1
    assert f"There is no tenant {tenant}: it has no row, no policy, no logs and no dead letters" in result.stderr
    assert TenantPolicy.get_or_none(tenant) is None


def test_a_policy_for_a_tenant_that_has_dead_letters_only(tenant: str, empty_failure_queue: None) -> None:
    fail(tenant, "a")

    result = run("set", tenant, "-", typed="{}")

    assert result.exit_code == 0, result.output


def test_no_policy_for_what_is_no_tenant(engine: Engine) -> None:
    result = run("set", "white space", "-", typed="{}")

    assert result.exit_code == 2
    assert "a tenant id has 1 to 64 of" in result.stderr


def test_without_dynamodb(engine: Engine, tenant: str) -> None:
    engine.stop()
    try:
        results = [run("set", tenant, "-", typed="{}"), run("show", tenant)]
    finally:
        engine.start()

    assert all("DynamoDB does not answer" in result.stderr for result in results)
