"""`flask --app webapp tenants …` and `flask --app webapp keys …`: who may send logs."""

from datetime import timedelta

import click
from flask import Blueprint

from commands.erase import erase_tenant
from commands.errors import TenantId, told
from commands.session_policy_command import print_session_policy
from models import SCOPES, AlreadyExists, ApiKey, ApiKeyText, Limits, NotFound, Tenant, TenantErased
from settings import MAX_BURST_SECONDS, settings

tenants = Blueprint("tenants", __name__)
keys = Blueprint("keys", __name__)

MAX_EXPIRY_DAYS = 36_500
_LIMITS = ("requests_per_second", "bytes_per_second", "records_per_second", "burst_seconds")
_RATE = click.IntRange(min=1)

tenants.cli.add_command(erase_tenant)
tenants.cli.add_command(print_session_policy)


@tenants.cli.command("create")
@click.argument("tenant_id", type=TenantId())
@click.option("--name", default="", help="For people; the id without one.")
@click.option("--requests-per-second", type=_RATE, help="That one web process takes; the settings' without.")
@click.option("--bytes-per-second", type=_RATE, help="Likewise.")
@click.option("--records-per-second", type=_RATE, help="Likewise.")
@click.option("--burst-seconds", type=click.IntRange(1, MAX_BURST_SECONDS), help="How long the rates hold over.")
def create_tenant(tenant_id: str, name: str, **limits: int | None) -> None:
    """Make a tenant."""
    with told():
        try:
            Tenant.add(tenant_id, name or tenant_id, Limits(**limits))
        except AlreadyExists:
            raise click.ClickException(
                f"there is a tenant {tenant_id} already, and it stays as it is; see: "
                f"flask --app webapp tenants show {tenant_id}"
            ) from None
    click.echo(f"tenant {tenant_id} is made; give it a key: flask --app webapp keys create --tenant {tenant_id}")


@tenants.cli.command("list")
def list_tenants() -> None:
    """Print every tenant: id, state, when it was made, name."""
    with told():
        for tenant in Tenant.iter_all():
            click.echo(f"{tenant.tenant_id}\t{tenant.state}\t{tenant.created_at}\t{tenant.name}")


@tenants.cli.command("show")
@click.argument("tenant_id", type=TenantId())
def show_tenant(tenant_id: str) -> None:
    """Print a tenant with the limits that hold for it."""
    with told():
        tenant = _existing(tenant_id)
    click.echo(f"tenant_id\t{tenant.tenant_id}\nname\t{tenant.name}\nstate\t{tenant.state}")
    click.echo(f"created_at\t{tenant.created_at}")
    if tenant.erasing_since:
        click.echo(f"erasing_since\t{tenant.erasing_since}\nerased_at\t{tenant.erased_at or 'not yet'}")
        return
    for limit in _LIMITS:
        own, default = getattr(tenant, limit), getattr(settings, f"default_{limit}")
        click.echo(f"{limit}\t{own}" if own else f"{limit}\t{default} (default)")


@tenants.cli.command("suspend")
@click.argument("tenant_id", type=TenantId())
def suspend_tenant(tenant_id: str) -> None:
    """Refuse a tenant's logs. Those that were accepted are processed."""
    _set_suspended(tenant_id, True)
    click.echo(f"tenant {tenant_id} is suspended; {_KNOWN_AFTER}")


@tenants.cli.command("resume")
@click.argument("tenant_id", type=TenantId())
def resume_tenant(tenant_id: str) -> None:
    """Take a tenant's logs again."""
    _set_suspended(tenant_id, False)
    click.echo(f"tenant {tenant_id} is active; {_KNOWN_AFTER}")


@keys.cli.command("create")
@click.option("--tenant", "tenant_id", type=TenantId(), required=True, help="Whose key it is.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=("ingest",),
    show_default=True,
    help="What it is for; several times for several. None includes another.",
)
@click.option("--expires-in", type=click.IntRange(1, MAX_EXPIRY_DAYS), metavar="DAYS", help="Never without.")
def create_key(tenant_id: str, scopes: tuple[str, ...], expires_in: int | None) -> None:
    """Make a key and print it, this once: only a hash of it is kept."""
    with told():
        if _existing(tenant_id).erasing_since:
            raise TenantErased(tenant_id)
        text = ApiKey.add(tenant_id, scopes, None if expires_in is None else timedelta(days=expires_in))
    # The key alone on stdout, so that a script can take it.
    click.echo(f"key {text.key_id} of tenant {tenant_id}; keep it now, it is not shown again:", err=True)
    click.echo(str(text))


@keys.cli.command("list")
@click.option("--tenant", "tenant_id", type=TenantId(), required=True, help="Whose keys.")
def list_keys(tenant_id: str) -> None:
    """Print a tenant's keys from old to new: id, state, scopes, when made, last used, expiring."""
    with told():
        _existing(tenant_id)
        for key in ApiKey.for_tenant(tenant_id):
            scopes = ",".join(scope for scope in SCOPES if scope in key.scopes)
            used, expires = key.last_used_at or "never", key.expires_at or "never"
            click.echo(f"{key.key_id}\t{key.state}\t{scopes}\t{key.created_at}\t{used}\t{expires}")


@keys.cli.command("revoke")
@click.argument("key_id", metavar="KEY_ID")
def revoke_key(key_id: str) -> None:
    """End a key, by its id or by the whole key."""
    text = ApiKeyText.parse(key_id)
    wanted = text.key_id if text else key_id
    with told():
        try:
            ApiKey.revoke(wanted)
        except NotFound:
            # What was typed may be most of a key, so it is not repeated.
            raise click.ClickException(
                "there is no such key; see: flask --app webapp keys list --tenant TENANT_ID"
            ) from None
    click.echo(f"key {wanted} is revoked; {_KNOWN_AFTER}")


_KNOWN_AFTER = f"web processes know within {settings.key_cache_seconds} s"


def _existing(tenant_id: str) -> Tenant:
    tenant = Tenant.get_or_none(tenant_id)
    if tenant is None:
        raise _unknown(tenant_id)
    return tenant


def _set_suspended(tenant_id: str, suspended: bool) -> None:
    with told():
        try:
            Tenant.set_suspended(tenant_id, suspended)
        except NotFound:
            raise _unknown(tenant_id) from None


def _unknown(tenant_id: str) -> click.ClickException:
    return click.ClickException(
        f"there is no tenant {tenant_id}; make it: flask --app webapp tenants create {tenant_id}"
    )
