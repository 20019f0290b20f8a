"""Marks on tenants that use custom log ids.

A custom id is any id but a UUIDv7, so it does not contain the record's time. Reading such a tenant by time has to query
the index `LogsByTime` as well; for all others one query of the table is enough.
"""

from collections.abc import Iterable
from functools import partial

from foundation.stale_on_error_cache import StaleOnErrorCache
from models.tenants.tenant_policy import TenantPolicy
from settings import settings

MAX_TENANTS = 100_000

# Tenants that this process need not mark again. Not for ever: an erasure removes the mark, and a new tenant may get the
# id later.
_marked: StaleOnErrorCache[str, None] = StaleOnErrorCache(MAX_TENANTS, lambda: settings.policy_cache_seconds)


def mark_tenants(tenant_ids: Iterable[str]) -> None:
    """Mark tenants as users of custom ids.

    Call it before the first such record is stored, so that no reader misses the record.

    Raises:
        TenantErased: a tenant was erased, or is being erased.
        pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer; the records must not be stored now.
    """
    for tenant_id in tenant_ids:
        _marked.get_or_read(tenant_id, partial(TenantPolicy.mark_custom_ids, tenant_id))
