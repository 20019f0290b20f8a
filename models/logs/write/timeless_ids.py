"""Whose records have ids that don't say their time, so that reading by time has to look into the index as well."""

import threading
import time
from collections.abc import Iterable

from models.tenants.tenant_policy import TenantPolicy
from settings import settings

MAX_TENANTS = 100_000

_noted: dict[str, float] = {}
"""Until when, in monotonic seconds, this process need not note a tenant again: one that is erased begins anew."""
_lock = threading.Lock()


def note(tenant_ids: Iterable[str]) -> None:
    """Store which tenants have such records. To be called before the first of them is stored: then no reader misses it.

    Raises:
        pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer; the records must not be stored now.
    """
    for tenant_id in tenant_ids:
        if _noted.get(tenant_id, 0.0) > time.monotonic():
            continue
        TenantPolicy.note_timeless_ids(tenant_id)
        with _lock:
            if len(_noted) >= MAX_TENANTS:
                _noted.clear()
            _noted[tenant_id] = time.monotonic() + settings.policy_cache_seconds
