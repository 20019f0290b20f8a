"""Tenants that exist, with a row of their own or without."""

import click

from commands.framework.errors import dynamodb_errors_as_click_errors
from models import tenant_erasure


def has_rows(tenant_id: str) -> bool:
    """Return whether any table has a row of a tenant.

    Without keys, as with `make run`, tenants send logs that nobody created: such a tenant has records, and a row with a
    secret in the table of the policies.
    """
    with dynamodb_errors_as_click_errors():
        return tenant_erasure.tenant_exists(tenant_id)


def make_unknown_tenant_error(tenant_id: str) -> click.ClickException:
    """Return the error for a tenant of which there is nothing."""
    return click.ClickException(
        f"There is no tenant {tenant_id}: it has no row, no policy, no logs and no dead letters. Check the spelling "
        f"(./sluice tenants list), or create it: ./sluice tenants create {tenant_id}"
    )
