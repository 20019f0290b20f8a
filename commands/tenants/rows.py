"""Rows of the tenants' table, as commands read them."""

import click

from models import Tenant
from settings import settings

KNOWN_AFTER = f"all web processes know it within {settings.key_cache_seconds} s"


def get_tenant(tenant_id: str) -> Tenant:
    """Return the row of a tenant.

    Raises:
        click.ClickException: there is no row.
    """
    tenant = Tenant.get_or_none(tenant_id)
    if tenant is None:
        raise make_no_row_error(tenant_id)
    return tenant


def make_no_row_error(tenant_id: str) -> click.ClickException:
    """Return the error for a tenant that nobody created.

    With `make run` it may have logs all the same.
    """
    return click.ClickException(
        f"There is no tenant {tenant_id}, or only logs under that id; create it: ./sluice tenants create {tenant_id}"
    )
