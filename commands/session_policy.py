"""What somebody may read who acts for one tenant, as an IAM policy for sts:AssumeRole."""

import re
from collections.abc import Mapping

import boto3
import msgspec

from models.crypto.data_key import DataKey
from models.logs.log_record import LogRecord
from models.tables.base import Table
from settings import settings
from topology import TENANT_ID_PATTERN

# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: Policy
MAX_POLICY_CHARACTERS = 2048
ORIGINALS = ("original_text", "original_fingerprint")
"""Attributes of a record that tell of its original."""

Condition = Mapping[str, Mapping[str, str | list[str]]]
"""By operator and key the values that are right."""


class Statement(msgspec.Struct, frozen=True, rename="pascal"):
    """What IAM allows, and when."""

    sid: str
    action: list[str]
    resource: str
    condition: Condition
    effect: str = "Allow"


class SessionPolicy(msgspec.Struct, frozen=True, rename="pascal"):
    """An IAM policy. A session may do what both its role and this allow."""

    statement: list[Statement]
    version: str = "2012-10-17"

    def to_json(self) -> str:
        """As AssumeRole takes it, MAX_POLICY_CHARACTERS at most."""
        return msgspec.json.encode(self).decode()


def session_policy(tenant_id: str, *, original: bool = False, account: str = "*") -> SessionPolicy:
    """Read one tenant's records, from the table and its indexes, by GetItem and Query; nothing else.

    Args:
        tenant_id: whose.
        original: whether original texts, too. Without, a request has to name the attributes that it wants, and none of
            ORIGINALS may be among them. With it, the tenant's data keys can be read, and KMS decrypts those.
        account: AWS account of the tables; "*" leaves that to the role.
    Raises:
        ValueError: this can't be a tenant's id.
    """
    if not re.fullmatch(TENANT_ID_PATTERN, tenant_id):
        raise ValueError("a tenant id has 1 to 64 of A-Z a-z 0-9 . _ -")
    partition = boto3.Session(region_name=settings.aws_region).get_partition_for_region(settings.aws_region)

    def arn(table: type[Table]) -> str:
        return f"arn:{partition}:dynamodb:{settings.aws_region}:{account}:table/{table.Meta.table_name}"

    attributes = None if original else _shown_attributes()
    statements = [
        Statement(
            "Records", ["dynamodb:GetItem", "dynamodb:Query"], arn(LogRecord), _condition([tenant_id], attributes)
        )
    ]
    for number, (name, index) in enumerate(sorted(LogRecord._indexes.items()), start=1):
        # Its hash keys need not be tenant ids; an index that doesn't say which are a tenant's is a mistake.
        keys: list[str] = index.get_leading_keys(tenant_id)  # type: ignore[attr-defined]  # of ours
        resource = f"{arn(LogRecord)}/index/{name}"
        statements.append(Statement(f"Index{number}", ["dynamodb:Query"], resource, _condition(keys, attributes)))
    if original:
        tenants_own = {"StringEquals": {"kms:EncryptionContext:tenant_id": tenant_id}}
        statements += [
            Statement("DataKeys", ["dynamodb:GetItem"], arn(DataKey), _condition([tenant_id], None)),
            Statement("DecryptDataKeys", ["kms:Decrypt"], "*", tenants_own),
        ]
    return SessionPolicy(statements)


def _shown_attributes() -> list[str]:
    names = (attribute.attr_name for attribute in LogRecord.get_attributes().values())
    return sorted(name for name in names if name not in ORIGINALS)


def _condition(keys: list[str], attributes: list[str] | None) -> Condition:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html"""
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
