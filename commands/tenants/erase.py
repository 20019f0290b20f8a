"""`./sluice tenants erase`: delete all that there is of a tenant."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from math import ceil

import click
from tqdm import tqdm

from broker.failures.selection import Selection
from commands.failures.session import open_failure_queue
from commands.framework.errors import dynamodb_errors_as_click_errors
from commands.framework.groups import WritingCommand
from commands.framework.parameters import TenantId, format_count
from commands.tenants.known import require_known_tenant
from models import tenant_erasure
from settings import settings

# A worker that read the tenant's policy just before the erasure stores logs for so long: it keeps the policy for a
# while, and may begin a task at the end of that.
_WORKERS_KNOW_AFTER = timedelta(seconds=settings.policy_cache_seconds + settings.task_time_limit_seconds)


@click.command("erase", cls=WritingCommand)
@click.argument("tenant_id", type=TenantId())
@click.option("--yes", is_flag=True, help="Do it. Nothing brings it back.")
def erase_tenant(tenant_id: str, yes: bool) -> None:
    """Delete all records, keys and dead letters of a tenant for good.

    Also its policy, activity and data keys. At once, requests for the tenant are refused, and workers discard its logs
    that are still in the queues. If the command is stopped halfway, run it again. The id and the time of the erasure
    stay; the id can be used again after 14 days.
    """
    if not yes:
        raise click.UsageError(
            f"This deletes all records, keys, activity, dead letters and the policy of tenant {tenant_id} for good. If "
            "that is what you want, add --yes."
        )
    require_known_tenant(tenant_id)
    with dynamodb_errors_as_click_errors():
        since = datetime.fromisoformat(tenant_erasure.begin_erasure(tenant_id))
        click.echo(f"logs of tenant {tenant_id} are refused from now on")
        deleted = _delete_rows(tenant_id)
        _wait_until(since + _WORKERS_KNOW_AFTER)
        letters = _discard_letters(tenant_id)
        # Workers that did not know yet may have stored more.
        deleted += _delete_rows(tenant_id)
        tenant_erasure.end_erasure(tenant_id)
    counts = ", ".join(f"{deleted[rows.label]} {rows.label}" for rows in tenant_erasure.TENANT_ROWS)
    click.echo(f"tenant {tenant_id} is erased: {counts}, {format_count(letters, 'dead letter')}")


def _delete_rows(tenant_id: str) -> Counter[str]:
    deleted: Counter[str] = Counter()
    for rows in tenant_erasure.TENANT_ROWS:
        with tqdm(total=rows.count(tenant_id), desc=rows.label, unit="row", disable=None) as bar:
            for count in rows.delete(tenant_id):
                deleted[rows.label] += count
                bar.update(count)
    return deleted


def _wait_until(moment: datetime) -> None:
    seconds = ceil((moment - datetime.now(UTC)).total_seconds())
    if seconds > 0:
        click.echo(f"waiting {seconds} s, until all workers know of it")
        for _ in tqdm(range(seconds), desc="waiting", unit="s", disable=None):
            time.sleep(1)


def _discard_letters(tenant_id: str) -> int:
    with open_failure_queue() as letters:
        done = Selection(tenant=tenant_id).discard(letters)
    if done.refused or letters.held_elsewhere or not letters.is_complete:
        raise click.ClickException(
            f"Not all dead letters could be read. Run the command again to finish erasing tenant {tenant_id}."
        )
    return done.deleted
