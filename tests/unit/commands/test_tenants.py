"""`./sluice tenants` and `./sluice keys`, on the real table."""

import re

import pytest
from click.testing import CliRunner, Result

from commands.main import sluice
from local.engine import Engine
from models import ApiKey, ApiKeyText, Limits, Tenant


def run(*arguments: str) -> Result:
    return CliRunner().invoke(sluice, list(arguments))


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def failed(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code in (1, 2), result.output
    assert "Traceback" not in result.output
    return result.stderr


def test_a_tenant_with_limits(tenant: str) -> None:
    done("tenants", "create", tenant, "--name", "Example Ltd", "--requests-per-second", "7", "--burst-seconds", "3")

    stored = Tenant.get_or_none(tenant)
    assert stored is not None
    assert (stored.name, stored.suspended, stored.requests_per_second) == ("Example Ltd", False, 7)
    shown = dict(line.split("\t") for line in done("tenants", "show", tenant).splitlines())
    assert shown == {
        "tenant_id": tenant,
        "name": "Example Ltd",
        "state": "active",
        "created_at": stored.created_at,
        "requests_per_second": "7",
        "bytes_per_second": "50000000 (default)",
        "records_per_second": "100000 (default)",
        "burst_seconds": "3",
    }


def test_a_tenant_that_exists_stays_as_it_is(tenant: str) -> None:
    done("tenants", "create", tenant, "--name", "First")

    assert f"There is a tenant {tenant} already" in failed("tenants", "create", tenant, "--name", "Second")
    stored = Tenant.get_or_none(tenant)
    assert stored is not None
    assert stored.name == "First"


@pytest.mark.parametrize(
    "arguments",
    [
        ("tenants", "create", "white space"),
        ("tenants", "create", "a" * 65),
        ("tenants", "create", "t", "--requests-per-second", "0"),
        ("tenants", "create", "t", "--burst-seconds", "3601"),
        ("keys", "create", "--tenant", "t", "--scope", "write"),
        ("keys", "create", "--tenant", "t", "--expires-in", "0"),
        ("keys", "create"),
    ],
)
def test_what_can_not_be(engine: Engine, arguments: tuple[str, ...]) -> None:
    assert "Error: " in failed(*arguments)


def test_every_tenant_is_listed_a_page_at_a_time(tenant: str) -> None:
    # Rows of 10 KB: DynamoDB reads 1 MiB a call at most, and `all` asks for 100 a call.
    mine = {f"{tenant}-{number}" for number in range(120)}
    for tenant_id in mine:
        Tenant.add(tenant_id, "n" * 10_000)

    listed = [line.split("\t") for line in done("tenants", "list").splitlines()]

    assert mine == {tenant_id for tenant_id, *_ in listed if tenant_id.startswith(tenant)}
    assert len(listed) == len({tenant_id for tenant_id, *_ in listed})
    assert mine <= {row.tenant_id for row in Tenant.iter_all(page_size=7)}


def test_suspend_and_resume(tenant: str) -> None:
    done("tenants", "create", tenant)

    assert "is suspended" in done("tenants", "suspend", tenant)
    assert "state\tsuspended" in done("tenants", "show", tenant)
    assert f"{tenant}\tsuspended\t" in done("tenants", "list")
    assert "is active" in done("tenants", "resume", tenant)
    assert "state\tactive" in done("tenants", "show", tenant)


@pytest.mark.parametrize(
    "arguments", [("tenants", "show"), ("tenants", "suspend"), ("tenants", "resume"), ("keys", "list", "--tenant")]
)
def test_an_unknown_tenant(tenant: str, arguments: tuple[str, ...]) -> None:
    assert f"There is no tenant {tenant}, or only logs under that id; create it: ./sluice" in failed(*arguments, tenant)
    assert Tenant.get_or_none(tenant) is None


def test_no_key_for_an_unknown_tenant(tenant: str) -> None:
    assert f"There is no tenant {tenant}" in failed("keys", "create", "--tenant", tenant)
    assert not list(ApiKey.for_tenant(tenant))


def test_a_key_is_shown_once(tenant: str) -> None:
    done("tenants", "create", tenant)

    printed = done(
        "keys", "create", "--tenant", tenant, "--scope", "read", "--scope", "ingest", "--expires-in", "30"
    ).strip()

    text = ApiKeyText.parse(printed)
    assert text is not None
    stored = ApiKey.get_or_none(text.key_id)
    assert stored is not None
    assert stored.matches(text)
    assert text.secret not in str(stored.serialize())
    listed = done("keys", "list", "--tenant", tenant)
    assert re.fullmatch(rf"{text.key_id}\tactive\tingest,read\t\S+Z\tnever\t{stored.expires_at}\n", listed)


def test_keys_are_listed_by_tenant_only(tenant: str) -> None:
    other = f"{tenant}-other"
    for tenant_id in (tenant, other):
        Tenant.add(tenant_id, "Example", Limits())
    mine = {done("keys", "create", "--tenant", tenant).split("_")[1] for _ in range(3)}
    done("keys", "create", "--tenant", other)

    listed = [line.split("\t") for line in done("keys", "list", "--tenant", tenant).splitlines()]

    assert {row[0] for row in listed} == mine
    assert [row[3] for row in listed] == sorted(row[3] for row in listed)
    assert {row[2] for row in listed} == {"ingest"}


@pytest.mark.parametrize("whole", [False, True])
def test_revoke(tenant: str, whole: bool) -> None:
    done("tenants", "create", tenant)
    printed = done("keys", "create", "--tenant", tenant).strip()
    key_id = printed.split("_")[1]

    output = done("keys", "revoke", printed if whole else key_id)

    assert f"key {key_id} is revoked" in output
    assert printed not in output
    first = ApiKey.get_or_none(key_id)
    assert first is not None
    assert first.state == "revoked"
    assert f"{key_id}\trevoked\t" in done("keys", "list", "--tenant", tenant)
    # Revoked again, the time stays.
    done("keys", "revoke", key_id)
    again = ApiKey.get_or_none(key_id)
    assert again is not None
    assert again.revoked_at == first.revoked_at


def test_revoke_what_is_no_key(engine: Engine) -> None:
    assert "There is no such key" in failed("keys", "revoke", "nothing")


def test_without_dynamodb(engine: Engine, tenant: str) -> None:
    engine.stop()
    try:
        for arguments in (("tenants", "list"), ("tenants", "create", tenant), ("keys", "create", "--tenant", tenant)):
            assert "DynamoDB does not answer" in failed(*arguments)
    finally:
        engine.start()
