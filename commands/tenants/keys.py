"""`./sluice keys …`: the keys with which tenants send and read logs."""

from datetime import timedelta

import click

from commands.framework.errors import dynamodb_errors_as_click_errors
from commands.framework.groups import CommandGroup
from commands.framework.parameters import TenantId
from commands.tenants.rows import KNOWN_AFTER, get_tenant
from models import SCOPES, ApiKey, ApiKeyText, NotFound, TenantErased

MAX_EXPIRY_DAYS = 36_500


@click.group("keys", cls=CommandGroup)
def keys() -> None:
    """Create, list and revoke API keys."""


@keys.writes("create")
@click.option("--tenant", "tenant_id", type=TenantId(), required=True, help="Owner of the key.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=("ingest",),
    show_default=True,
    help="What it allows; may be given more than once. No scope includes another.",
)
@click.option(
    "--expires-in", type=click.IntRange(1, MAX_EXPIRY_DAYS), metavar="DAYS", help="By default it never expires."
)
def create_key(tenant_id: str, scopes: tuple[str, ...], expires_in: int | None) -> None:
    """Create a key and print it, this once.

    Only a hash of it is stored. The key alone is on stdout.
    """
    with dynamodb_errors_as_click_errors():
        if get_tenant(tenant_id).erasing_since:
            raise TenantErased(tenant_id)
        text = ApiKey.add(tenant_id, scopes, None if expires_in is None else timedelta(days=expires_in))
    click.echo(f"key {text.key_id} of tenant {tenant_id}; keep it now, it is not shown again:", err=True)
    click.echo(str(text))


@keys.reads("list")
@click.option("--tenant", "tenant_id", type=TenantId(), required=True, help="Owner of the keys.")
def list_keys(tenant_id: str) -> None:
    """Print a tenant's keys, the oldest first.

    A line has the id, the state, the scopes, and when the key was created, was used last, and expires.
    """
    with dynamodb_errors_as_click_errors():
        get_tenant(tenant_id)
        for key in ApiKey.for_tenant(tenant_id):
            scopes = ",".join(scope for scope in SCOPES if scope in key.scopes)
            used, expires = key.last_used_at or "never", key.expires_at or "never"
            click.echo(f"{key.key_id}\t{key.state}\t{scopes}\t{key.created_at}\t{used}\t{expires}")


@keys.writes("revoke")
@click.argument("key_id", metavar="KEY_ID")
def revoke_key(key_id: str) -> None:
    """Revoke a key, by its id or by the whole key."""
    text = ApiKeyText.parse(key_id)
    wanted = text.key_id if text else key_id
    with dynamodb_errors_as_click_errors():
        try:
            ApiKey.revoke(wanted)
        except NotFound:
            # What was typed may be most of a key, so it is not repeated.
            raise click.ClickException("There is no such key; see: ./sluice keys list --tenant TENANT_ID") from None
    click.echo(f"key {wanted} is revoked; {KNOWN_AFTER}")
