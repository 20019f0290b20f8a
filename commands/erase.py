"""`flask --app webapp tenants erase`: all that there is of a tenant, deleted."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from math import ceil

import click
from tqdm import tqdm

from broker.failures.selection import Selection
from commands.dead_letter_session import open_letters
from commands.errors import TenantId, told
from models import tenant_erasure
from settings import settings

# A worker that read the tenant's policy just before stores its logs for so long, and a task of it may have begun then.
_WORKERS_KNOW_AFTER = timedelta(seconds=settings.policy_cache_seconds + settings.task_time_limit_seconds)


@click.command("erase")
@click.argument("tenant_id", type=TenantId())
@click.option("--yes", is_flag=True, help="Do it. Nothing brings it back.")
def erase_tenant(tenant_id: str, yes: bool) -> None:
    """Delete a tenant's records, keys, policy, activity and dead letters for good.

    From the first moment on nothing more of it is taken, and what is still in the queues is thrown away by the workers.
    Stopped halfway it is begun again by the same command. Its id and the time stay; the id can be used again after 14
    days.
    """
    if not yes:
        raise click.UsageError(
            f"this deletes all records, keys, activity, dead letters and the policy of tenant {tenant_id} for good; if "
            "that is what you want, add --yes"
        )
    with told():
        if not tenant_erasure.tenant_exists(tenant_id):
            raise click.ClickException(f"there is nothing of tenant {tenant_id}")
        since = datetime.fromisoformat(tenant_erasure.begin_erasure(tenant_id))
        click.echo(f"nothing of tenant {tenant_id} is taken any more")
        deleted = _delete_rows(tenant_id)
        _wait_until(since + _WORKERS_KNOW_AFTER)
        letters = _discard_letters(tenant_id)
        # What workers stored that did not know yet.
        deleted += _delete_rows(tenant_id)
        tenant_erasure.end_erasure(tenant_id)
    counts = ", ".join(f"{deleted[rows.label]} {rows.label}" for rows in tenant_erasure.TENANT_ROWS)
    click.echo(f"tenant {tenant_id} is erased: {counts}, {letters} dead letters")


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
        click.echo(f"waiting {seconds} s, until all workers know")
        for _ in tqdm(range(seconds), desc="waiting", unit="s", disable=None):
            time.sleep(1)


def _discard_letters(tenant_id: str) -> int:
    with open_letters() as letters:
        done = Selection(tenant=tenant_id).discard(letters)
    if done.refused or letters.held_elsewhere or not letters.is_complete:
        raise click.ClickException(f"not all dead letters could be looked at; run it again to end tenant {tenant_id}")
    return done.deleted
