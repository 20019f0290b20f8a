"""The IAM policy with which a role reads one tenant's records."""

import re
from collections.abc import Mapping

import boto3
import click
import msgspec

from commands.framework.groups import ReadingCommand
from commands.framework.parameters import TenantId
from models.crypto.data_key import DataKey
from models.logs.log_record import LogRecord
from models.tables.base import Table
from settings import settings
from topology import TENANT_ID_PATTERN

# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: Policy
MAX_POLICY_CHARACTERS = 2048
READABLE_ATTRIBUTES = (
    "event_time",
    "expires_at",
    "log_id",
    "modified_text",
    "original",
    "processed_at",
    "redactions",
    "tenant_id",
    "time_key",
    "time_shard",
)
"""Attributes of a record that show nothing of its original. A new one is not readable until it is named here."""

Condition = Mapping[str, Mapping[str, str | list[str]]]
"""Allowed values by operator and condition key."""


class Statement(msgspec.Struct, frozen=True, rename="pascal"):
    """Actions that IAM allows, and when."""

    sid: str
    action: list[str]
    resource: str
    condition: Condition
    effect: str = "Allow"


class SessionPolicy(msgspec.Struct, frozen=True, rename="pascal"):
    """IAM policy. A session may do what its role and this allow."""

    statement: list[Statement]
    version: str = "2012-10-17"

    def to_json(self) -> str:
        """Return the document for AssumeRole, of MAX_POLICY_CHARACTERS at most."""
        return msgspec.json.encode(self).decode()


def build_session_policy(tenant_id: str, *, original: bool = False, account: str = "*") -> SessionPolicy:
    """Return the policy that allows to read one tenant's records only.

    It allows GetItem and Query, on the table and its indexes.

    Args:
        tenant_id: of the tenant.
        original: whether original texts may be read, too. Without it a request must name its attributes, all of them
            READABLE_ATTRIBUTES. With it the tenant's data keys can be read, and KMS decrypts them.
        account: AWS account of the tables; "*" leaves that to the role.

    Raises:
        ValueError: the tenant id is invalid.
    """
    if not re.fullmatch(TENANT_ID_PATTERN, tenant_id):
        raise ValueError("a tenant id has 1 to 64 of A-Z a-z 0-9 . _ -")
    partition = boto3.Session(region_name=settings.aws_region).get_partition_for_region(settings.aws_region)

    def build_arn(table: type[Table]) -> str:
        return f"arn:{partition}:dynamodb:{settings.aws_region}:{account}:table/{table.Meta.table_name}"

    attributes = None if original else list(READABLE_ATTRIBUTES)
    statements = [
        Statement(
            "Records",
            ["dynamodb:GetItem", "dynamodb:Query"],
            build_arn(LogRecord),
            _build_condition([tenant_id], attributes),
        )
    ]
    for number, (name, index) in enumerate(sorted(LogRecord._indexes.items()), start=1):
        # The hash keys of an index need not be tenant ids. An index without `get_leading_keys` is a mistake.
        keys: list[str] = index.get_leading_keys(tenant_id)  # type: ignore[attr-defined]  # of ours
        resource = f"{build_arn(LogRecord)}/index/{name}"
        statements.append(Statement(f"Index{number}", ["dynamodb:Query"], resource, _build_condition(keys, attributes)))
    if original:
        same_tenant = {"StringEquals": {"kms:EncryptionContext:tenant_id": tenant_id}}
        statements += [
            Statement("DataKeys", ["dynamodb:GetItem"], build_arn(DataKey), _build_condition([tenant_id], None)),
            Statement("DecryptDataKeys", ["kms:Decrypt"], "*", same_tenant),
        ]
    return SessionPolicy(statements)


def _build_condition(keys: list[str], attributes: list[str] | None) -> Condition:
    """Return the condition for these partition keys and attributes.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    # ForAllValues holds when there is no value at all, hence Null; a request without a list of attributes has none.
    if attributes is None:
        return {
            "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": keys},
            "Null": {"dynamodb:LeadingKeys": "false"},
        }
    return {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": keys, "dynamodb:Attributes": attributes},
        "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
        "Null": {"dynamodb:LeadingKeys": "false", "dynamodb:Attributes": "false"},
    }


@click.command("session-policy", cls=ReadingCommand)
@click.argument("tenant_id", type=TenantId())
@click.option("--original", is_flag=True, help="Allow original texts, too.")
@click.option("--account", default="*", show_default=True, metavar="ID", help="AWS account of the tables.")
def print_session_policy(tenant_id: str, original: bool, account: str) -> None:
    """Print an IAM policy for sts:AssumeRole.

    With it a role reads this tenant's records and nothing else.
    """
    click.echo(build_session_policy(tenant_id, original=original, account=account).to_json())
