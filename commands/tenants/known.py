"""The check that a tenant exists, with a row or without."""

from commands.failures.session import has_dead_letters
from commands.framework.known_tenants import has_rows, make_unknown_tenant_error


def require_known_tenant(tenant_id: str) -> None:
    """Return if there is anything of a tenant.

    Raises:
        click.ClickException: there is nothing; the id was misspelled, or the tenant is still to be created.
    """
    # A tenant without a row may have dead letters only: each of its logs failed.
    if not has_rows(tenant_id) and not has_dead_letters(tenant_id):
        raise make_unknown_tenant_error(tenant_id)
