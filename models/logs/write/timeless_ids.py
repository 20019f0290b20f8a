"""Whose records have ids that don't say their time, so that reading by time has to look into the index as well."""

from collections.abc import Iterable
from functools import partial

from foundation.stale_on_error_cache import StaleOnErrorCache
from models.tenants.tenant_policy import TenantPolicy
from settings import settings

MAX_TENANTS = 100_000

# Not for ever: a tenant that is erased begins anew.
_noted: StaleOnErrorCache[str, None] = StaleOnErrorCache(MAX_TENANTS, lambda: settings.policy_cache_seconds)


def note(tenant_ids: Iterable[str]) -> None:
    """Store which tenants have such records. To be called before the first of them is stored: then no reader misses it.

    Raises:
        pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer; the records must not be stored now.
    """
    for tenant_id in tenant_ids:
        _noted.get_or_read(tenant_id, partial(TenantPolicy.note_timeless_ids, tenant_id))
