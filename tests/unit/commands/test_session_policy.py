"""The IAM policy for reading one tenant's records."""

import json
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner

from commands.main import sluice
from commands.tenants.session_policy import MAX_POLICY_CHARACTERS, build_session_policy
from models import LogRecord

TABLE = "arn:aws:dynamodb:us-east-1:*:table/tenant_processed_logs"
SHOWN = ["event_time", "expires_at", "log_id", "modified_text", "original", "processed_at", "redactions", "tenant_id"]
SHOWN += ["time_key", "time_shard"]


def statements(*, original: bool = False) -> dict[str, Any]:
    policy = json.loads(build_session_policy("tenant-1", original=original).to_json())
    assert policy["Version"] == "2012-10-17"
    assert {statement["Effect"] for statement in policy["Statement"]} == {"Allow"}
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_one_tenants_records_can_be_read_without_originals() -> None:
    records = statements()["Records"]

    assert records["Action"] == ["dynamodb:GetItem", "dynamodb:Query"]
    assert records["Resource"] == TABLE
    assert records["Condition"] == {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["tenant-1"], "dynamodb:Attributes": SHOWN},
        "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
        "Null": {"dynamodb:LeadingKeys": "false", "dynamodb:Attributes": "false"},
    }


def test_with_their_originals() -> None:
    policy = statements(original=True)

    only_the_tenant = {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["tenant-1"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    assert policy["Records"]["Condition"] == only_the_tenant
    assert policy["DataKeys"] == {
        "Sid": "DataKeys",
        "Effect": "Allow",
        "Action": ["dynamodb:GetItem"],
        "Resource": "arn:aws:dynamodb:us-east-1:*:table/tenant_data_keys",
        "Condition": only_the_tenant,
    }
    assert policy["DecryptDataKeys"]["Action"] == ["kms:Decrypt"]
    assert policy["DecryptDataKeys"]["Condition"] == {"StringEquals": {"kms:EncryptionContext:tenant_id": "tenant-1"}}


@pytest.mark.parametrize("original", [False, True])
def test_each_index_can_be_read_by_the_keys_that_are_the_tenants(original: bool) -> None:
    policy = statements(original=original)
    indexes = [statement for sid, statement in policy.items() if sid.startswith("Index")]

    assert [statement["Resource"] for statement in indexes] == [
        f"{TABLE}/index/{name}" for name in sorted(LogRecord._indexes)
    ]
    for statement in indexes:
        assert statement["Action"] == ["dynamodb:Query"]
        keys = statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"]
        assert keys
        other = json.loads(build_session_policy("tenant-10", original=original).to_json())["Statement"]
        assert all(not set(keys) & set(theirs) for theirs in map(_leading_keys, other))
        assert ("dynamodb:Select" in json.dumps(statement)) is not original


def _leading_keys(statement: dict[str, Any]) -> list[str]:
    keys: list[str] = statement["Condition"].get("ForAllValues:StringEquals", {}).get("dynamodb:LeadingKeys", [])
    return keys


@pytest.mark.parametrize("original", [False, True])
def test_sts_takes_it_for_the_longest_id(original: bool) -> None:
    policy = build_session_policy("t" * 64, original=original, account="123456789012").to_json()

    assert len(policy) <= MAX_POLICY_CHARACTERS


@pytest.mark.parametrize("tenant", ["", "*", "tenant-?", "${aws:userid}", "a\n", "t" * 65])
def test_what_is_no_tenant(tenant: str) -> None:
    with pytest.raises(ValueError, match="a tenant id has"):
        build_session_policy(tenant)


def test_the_command() -> None:
    run = partial(CliRunner().invoke, sluice)

    plain = run(["tenants", "session-policy", "tenant-1", "--account", "123456789012"])
    assert ":123456789012:table/" in plain.stdout
    assert plain.stdout == build_session_policy("tenant-1", account="123456789012").to_json() + "\n"
    with_originals = run(["tenants", "session-policy", "tenant-1", "--original"])
    assert with_originals.stdout == build_session_policy("tenant-1", original=True).to_json() + "\n"
    assert run(["tenants", "session-policy", "*"]).exit_code == 2
