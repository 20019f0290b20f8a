"""`./sluice logs …`: one log, wherever it is."""

import getpass
import json
import uuid
from datetime import datetime

import click
from pynamodb.attributes import MapAttribute

from broker.failures.dead_letter import DeadLetter
from broker.failures.selection import Selection
from commands.failures.session import open_failure_queue
from commands.framework.errors import dynamodb_errors_as_click_errors
from commands.framework.groups import CommandGroup
from commands.framework.known_tenants import has_rows, make_unknown_tenant_error
from commands.framework.parameters import TenantId
from foundation.timestamps import format_timestamp
from models import AccessRecord, LogRecord
from originals import KeysUnavailable, OriginalUnreadable

_SHOWN_ATTRIBUTES = (
    "tenant_id",
    "log_id",
    "modified_text",
    "processed_at",
    "event_time",
    "expires_at",
    "redactions",
    "original",
)


@click.group("logs", cls=CommandGroup)
def logs() -> None:
    """Find one log: stored, failed or missing."""


@logs.reads("show")
@click.argument("tenant_id", type=TenantId())
@click.argument("log_id", metavar="ID")
@click.option("--original", is_flag=True, help="Print the original text, too; this is recorded.")
def show_log(tenant_id: str, log_id: str, original: bool) -> None:
    """Print a stored log, or say where else it is.

    If it is not stored, this looks through the failure queue. The exit code is 1 if the log is not stored.
    """
    with dynamodb_errors_as_click_errors():
        try:
            record = LogRecord.of(tenant_id, log_id)
        except LogRecord.DoesNotExist:
            pass
        else:
            click.echo(json.dumps(_format_record(record, original), indent=2, ensure_ascii=False))
            return
    with open_failure_queue() as queue:
        letter = next((each for each in Selection(tenant=tenant_id).select(queue) if log_id in each.log_ids), None)
    raise click.ClickException(_describe_failure(log_id, letter) if letter else _describe_absence(tenant_id, log_id))


def _format_record(record: LogRecord, original: bool) -> dict[str, object]:
    shown: dict[str, object] = {}
    for name in _SHOWN_ATTRIBUTES:
        value = getattr(record, name)
        if isinstance(value, datetime):
            value = format_timestamp(value, "seconds")
        if value is not None:
            shown[name] = value.attribute_values if isinstance(value, MapAttribute) else value
    if original:
        # Before the original is shown, as in GET /logs: whoever reads originals stays on record.
        with dynamodb_errors_as_click_errors():
            AccessRecord.add(record.tenant_id, f"command:{getpass.getuser()}", str(uuid.uuid4()), [record.log_id])
        try:
            shown["original_text"] = record.open_original()
        except (KeysUnavailable, OriginalUnreadable) as error:
            raise click.ClickException(f"The original can't be read: {error}") from None
    return shown


def _describe_failure(log_id: str, letter: DeadLetter) -> str:
    detail = f" ({letter.detail})" if letter.detail else ""
    return (
        f"Log {log_id} is not stored. It is in the failure queue since {letter.failed_at}, with the reason "
        f"{letter.reason}{detail}; see: ./sluice failures show {letter.id}"
    )


def _describe_absence(tenant_id: str, log_id: str) -> str:
    if not has_rows(tenant_id):
        return make_unknown_tenant_error(tenant_id).message
    return "\n  - ".join(
        [
            f"Log {log_id} of tenant {tenant_id} is not stored, and not in the failure queue. Check:",
            "the response of /ingest: was it 202, with this id in log_ids and not in errors?",
            "the queues: the log may still be on its way (Flower, /readyz)",
            f"the key: with keys it decides the tenant (./sluice keys list --tenant {tenant_id})",
            *_describe_policy(tenant_id),
            f"the tenant's state: logs of an erased tenant are discarded (./sluice tenants show {tenant_id})",
            "the failure queue of 14 days ago and earlier: SQS deleted it (look into exports)",
        ]
    )


def _describe_policy(tenant_id: str) -> list[str]:
    """Return a line for each rule that makes logs disappear."""
    from commands.tenants.policy_document import TenantRules

    with dynamodb_errors_as_click_errors():
        try:
            rules = TenantRules.read(tenant_id)
        except ValueError as error:
            return [f"the tenant's policy, which is invalid: {error}"]
    lines = []
    if drops := sorted(entity for entity, action in rules.redaction.actions.items() if action == "drop"):
        lines.append(f"the tenant's policy: a log with {' or '.join(drops)} is accepted and dropped, not stored")
    if rules.storage.expires_at is not None:
        lines.append("the tenant's retention: the log may have expired (./sluice policy show " + tenant_id + ")")
    return lines
