"""How much of each tenant is accepted.

The counts are in this process's memory: with n web processes a tenant gets up to n times as much.
"""

import math
import threading
from collections.abc import Sequence

import msgspec

from models import Tenant
from settings import settings
from webapp.access.row_cache import RowCache, RowUnavailable
from webapp.access.sliding_windows import Limit, SlidingWindows
from webapp.http.problems import Problem, unavailable

_tenants: RowCache[Tenant] = RowCache(Tenant.Meta.table_name, Tenant.get_or_none, cache_missing=True)
_windows = SlidingWindows()
# All limits of all tenants of a request are checked and charged as one, so that a request that one limit rejects is not
# charged to the others. Held for microseconds.
_lock = threading.Lock()


class Share(msgspec.Struct, frozen=True):
    """One tenant's share of a request, charged to its limits.

    A tenant that is not stored has the limits of the settings, where keys are not required.
    """

    tenant_id: str
    records: int
    body_bytes: int


class _Charge(msgspec.Struct, frozen=True):
    """Cost of a request under one limit.

    Attributes:
        what: the name of what is limited, such as "bytes".
        per_second: rate that the tenant may send at.
    """

    what: str
    per_second: int
    limit: Limit
    cost: int


def charge_ingest(shares: Sequence[Share]) -> None:
    """Charge a request to its tenants' limits, or reject it.

    A rate holds over a sliding window of the burst's length. A request is accepted as long as its window is not used
    up, and is charged in full. So a request that is larger than a window is not rejected for ever: it uses up its
    window, and the excess is charged to the next one.

    A rejected request is charged to none of its tenants.

    Args:
        shares: one for each tenant that has records in it.
    Raises:
        Problem: 403 if a tenant is suspended, or was deleted under its keys; 429 over a limit, with Retry-After;
            503 if DynamoDB does not answer and a tenant is not cached.
    """
    _charge([charge for share in shares for charge in _build_charges(_get_tenant(share.tenant_id), share)])


def charge_read(tenant_id: str) -> None:
    """Charge a request that reads to its tenant's limits, or reject it.

    A tenant may read as often as it may send. Reads are counted apart: a tenant that sends too much can still look.

    Raises:
        Problem: as `charge_ingest`.
    """
    tenant = _get_tenant(tenant_id)
    rate = int((tenant and tenant.requests_per_second) or settings.default_requests_per_second)
    _charge([_build_charge(tenant_id, "reading requests", rate, tenant, 1)])


def _charge(charges: list[_Charge]) -> None:
    with _lock:
        waits = [(_windows.get_seconds_until_free(charge.limit), charge) for charge in charges]
        longest, over = max(waits, key=lambda wait: wait[0], default=(0.0, None))
        if over is None or not longest:
            for charge in charges:
                _windows.charge(charge.limit, charge.cost)
            return
    raise _rate_limited(over, math.ceil(longest))


def _get_tenant(tenant_id: str) -> Tenant | None:
    try:
        tenant = _tenants.get(tenant_id)
    except RowUnavailable:
        # Without keys anyone may name any tenant: to reject all of them protects nobody.
        if not settings.require_auth:
            return None
        raise unavailable(
            "tenant_unavailable", "The tenant can't be looked up now; nothing was accepted. Send the request again."
        ) from None
    if tenant is None and settings.require_auth:
        raise Problem(403, "tenant_unknown", "The tenant of this key no longer exists; use another key.")
    if tenant is not None and tenant.suspended:
        raise Problem(403, "tenant_suspended", "The tenant is suspended; ask the operators of Sluice to resume it.")
    return tenant


def _build_charges(tenant: Tenant | None, share: Share) -> list[_Charge]:
    rates = (
        ("requests", tenant and tenant.requests_per_second, settings.default_requests_per_second, 1),
        ("records", tenant and tenant.records_per_second, settings.default_records_per_second, share.records),
        ("bytes", tenant and tenant.bytes_per_second, settings.default_bytes_per_second, share.body_bytes),
    )
    return [
        _build_charge(share.tenant_id, what, int(own or default), tenant, cost) for what, own, default, cost in rates
    ]


def _build_charge(tenant_id: str, what: str, rate: int, tenant: Tenant | None, cost: int) -> _Charge:
    burst = int((tenant and tenant.burst_seconds) or settings.default_burst_seconds)
    return _Charge(what, rate, Limit((tenant_id, what), rate * burst, burst), cost)


def _rate_limited(charge: _Charge, seconds: int) -> Problem:
    # https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-07 and before, which clients know.
    limit = charge.limit
    return Problem(
        429,
        "rate_limited",
        f"The tenant has sent more than {charge.per_second} {charge.what} a second; nothing was accepted. Send "
        f"the request again in {seconds} s, and send more slowly.",
        {
            "Retry-After": str(seconds),
            "RateLimit-Limit": str(limit.amount),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(seconds),
            "RateLimit-Policy": f"{limit.amount};w={limit.window_seconds}",
        },
    )
