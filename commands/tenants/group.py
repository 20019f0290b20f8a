"""`./sluice tenants …`: who may send logs."""

import click

from commands.framework.errors import dynamodb_errors_as_click_errors
from commands.framework.groups import CommandGroup
from commands.framework.parameters import TenantId
from commands.tenants.erase import erase_tenant
from commands.tenants.rows import KNOWN_AFTER, get_tenant, make_no_row_error
from commands.tenants.session_policy import print_session_policy
from models import AlreadyExists, Limits, NotFound, Tenant
from settings import MAX_BURST_SECONDS, settings

_LIMITS = ("requests_per_second", "bytes_per_second", "records_per_second", "burst_seconds")
_RATE = click.IntRange(min=1)


@click.group("tenants", cls=CommandGroup)
def tenants() -> None:
    """Create, list, suspend and erase tenants."""


tenants.add_command(erase_tenant)
tenants.add_command(print_session_policy)


@tenants.writes("create")
@click.argument("tenant_id", type=TenantId())
@click.option("--name", default="", help="A name for people; the id by default.")
@click.option("--requests-per-second", type=_RATE, help="Limit of each web process; by default that of the settings.")
@click.option("--bytes-per-second", type=_RATE, help="The same for bytes.")
@click.option("--records-per-second", type=_RATE, help="The same for records.")
@click.option(
    "--burst-seconds", type=click.IntRange(1, MAX_BURST_SECONDS), help="The rates are averages over this long."
)
def create_tenant(tenant_id: str, name: str, **limits: int | None) -> None:
    """Create a tenant."""
    with dynamodb_errors_as_click_errors():
        try:
            Tenant.add(tenant_id, name or tenant_id, Limits(**limits))
        except AlreadyExists:
            raise click.ClickException(
                f"There is a tenant {tenant_id} already, and it stays as it is; see: ./sluice tenants show {tenant_id}"
            ) from None
    click.echo(f"tenant {tenant_id} is created; give it a key: ./sluice keys create --tenant {tenant_id}")


@tenants.reads("list")
def list_tenants() -> None:
    """Print the id, state, creation time and name of each tenant."""
    with dynamodb_errors_as_click_errors():
        for tenant in Tenant.iter_all():
            click.echo(f"{tenant.tenant_id}\t{tenant.state}\t{tenant.created_at}\t{tenant.name}")


@tenants.reads("show")
@click.argument("tenant_id", type=TenantId())
def show_tenant(tenant_id: str) -> None:
    """Print a tenant and its limits."""
    with dynamodb_errors_as_click_errors():
        tenant = get_tenant(tenant_id)
    click.echo(f"tenant_id\t{tenant.tenant_id}\nname\t{tenant.name}\nstate\t{tenant.state}")
    click.echo(f"created_at\t{tenant.created_at}")
    if tenant.erasing_since:
        click.echo(f"erasing_since\t{tenant.erasing_since}\nerased_at\t{tenant.erased_at or 'not yet'}")
        return
    for limit in _LIMITS:
        own, default = getattr(tenant, limit), getattr(settings, f"default_{limit}")
        click.echo(f"{limit}\t{own}" if own else f"{limit}\t{default} (default)")


@tenants.writes("suspend")
@click.argument("tenant_id", type=TenantId())
def suspend_tenant(tenant_id: str) -> None:
    """Refuse a tenant's logs.

    Logs that were accepted before are processed.
    """
    _set_suspended(tenant_id, True)
    click.echo(f"tenant {tenant_id} is suspended; {KNOWN_AFTER}")


@tenants.writes("resume")
@click.argument("tenant_id", type=TenantId())
def resume_tenant(tenant_id: str) -> None:
    """Accept a suspended tenant's logs again."""
    _set_suspended(tenant_id, False)
    click.echo(f"tenant {tenant_id} is active; {KNOWN_AFTER}")


def _set_suspended(tenant_id: str, suspended: bool) -> None:
    with dynamodb_errors_as_click_errors():
        try:
            Tenant.set_suspended(tenant_id, suspended)
        except NotFound:
            raise make_no_row_error(tenant_id) from None
