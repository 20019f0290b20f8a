"""How much of each tenant is taken.

The counts are in this process's memory: with n web processes a tenant gets up to n times as much.
"""

import math
import threading
import time
from collections.abc import Sequence

import msgspec
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage

from models import Tenant
from settings import settings
from webapp.access.row_cache import RowCache, RowUnavailable
from webapp.http.problems import Problem, unavailable

_tenants: RowCache[Tenant] = RowCache(Tenant.Meta.table_name, Tenant.of, cache_missing=True)
_storage = MemoryStorage()
# All limits of all tenants of a request are looked at and charged as one, so that what one of them refuses is not
# charged to the others. Held for microseconds; MemoryStorage needs it too, two threads in it may start its timer twice.
_lock = threading.Lock()
# At exactly the time that is worked out a limit is still used up.
_A_MOMENT = 0.001


class Share(msgspec.Struct, frozen=True):
    """What of a request is one tenant's.

    A tenant that is not stored has the limits of the settings, where keys are not required.
    """

    tenant_id: str
    records: int
    body_bytes: int


class _Charge(msgspec.Struct, frozen=True):
    """What a request takes of one limit of a tenant's."""

    tenant_id: str
    what: str
    per_second: int
    item: RateLimitItem
    cost: int


def check(shares: Sequence[Share]) -> None:
    """Take a request, or refuse it, which then costs none of its tenants anything.

    A rate holds over a sliding window of the burst's length. A request is taken as long as its window is not used up,
    and is charged in full. So one that alone is larger than what a window may have is not refused for ever: it uses up
    its window and, by what it has too much, some or all of the next one.

    Args:
        shares: one for each tenant that has records in it.
    Raises:
        Problem: 403 when a tenant is suspended, or was deleted under its keys; 429 over a limit, with Retry-After;
            503 when DynamoDB does not answer and a tenant is not known.
    """
    _charge([charge for share in shares for charge in _charges(_tenant(share.tenant_id), share)])


def check_reading(tenant_id: str) -> None:
    """Take a request of a tenant that reads, or refuse it.

    There may be as many as of those that send, and they are counted by themselves: who sends too much can still look.

    Raises:
        Problem: as `check`.
    """
    tenant = _tenant(tenant_id)
    rate = int((tenant and tenant.requests_per_second) or settings.default_requests_per_second)
    _charge([_charge_of(tenant_id, "reading requests", rate, tenant, 1)])


def _charge(charges: list[_Charge]) -> None:
    with _lock:
        waits = [(_seconds_until_free(charge), charge) for charge in charges]
        longest, over = max(waits, key=lambda wait: wait[0], default=(0.0, None))
        if over is None or not longest:
            for charge in charges:
                _take(charge)
            return
    raise _rate_limited(over, math.ceil(longest))


def _tenant(tenant_id: str) -> Tenant | None:
    try:
        tenant = _tenants.get(tenant_id)
    except RowUnavailable:
        # Without keys anyone may name any tenant: to refuse all of them protects nobody.
        if not settings.require_auth:
            return None
        raise unavailable(
            "tenant_unavailable", "The tenant can't be looked up now; nothing was accepted. Send it again."
        ) from None
    if tenant is None and settings.require_auth:
        raise Problem(403, "tenant_unknown", "The tenant of this key does not exist any more; use another key.")
    if tenant is not None and tenant.suspended:
        raise Problem(403, "tenant_suspended", "The tenant is suspended; ask the operators of Sluice to resume it.")
    return tenant


def _charges(tenant: Tenant | None, share: Share) -> list[_Charge]:
    rates = (
        ("requests", tenant and tenant.requests_per_second, settings.default_requests_per_second, 1),
        ("records", tenant and tenant.records_per_second, settings.default_records_per_second, share.records),
        ("bytes", tenant and tenant.bytes_per_second, settings.default_bytes_per_second, share.body_bytes),
    )
    return [_charge_of(share.tenant_id, what, int(own or default), tenant, cost) for what, own, default, cost in rates]


def _charge_of(tenant_id: str, what: str, rate: int, tenant: Tenant | None, cost: int) -> _Charge:
    burst = int((tenant and tenant.burst_seconds) or settings.default_burst_seconds)
    return _Charge(tenant_id, what, rate, RateLimitItemPerSecond(rate * burst, burst, what), cost)


def _seconds_until_free(charge: _Charge) -> float:
    """0 when there is anything left of the limit; else when there will be, if nothing is taken meanwhile."""
    window, limit = charge.item.get_expiry(), charge.item.amount
    # In the sliding window is what came in the current clock window, and of the one before as much as is still in it.
    # `now_left` counts to the end of the next one, throughout which the current one counts less and less.
    before, before_left, now, now_left = _storage.get_sliding_window(charge.item.key_for(charge.tenant_id), window)
    if before * before_left / window + now < limit:
        return 0.0
    if now < limit:
        return before_left - (limit - now) * window / before + _A_MOMENT
    return now_left - window + (1 - limit / now) * window + _A_MOMENT


def _take(charge: _Charge) -> None:
    # The library's own limiter would refuse for ever what is larger than a window.
    window = charge.item.get_expiry()
    _, key = _storage.sliding_window_keys(charge.item.key_for(charge.tenant_id), window, time.time())
    _storage.incr(key, 2 * window, charge.cost)


def _rate_limited(charge: _Charge, seconds: int) -> Problem:
    # https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-07 and before, which clients know.
    limit, window = charge.item.amount, charge.item.get_expiry()
    return Problem(
        429,
        "rate_limited",
        f"The tenant has sent more than {charge.per_second} {charge.what} a second; nothing was accepted. Send it "
        f"again in {seconds} s, or send more slowly.",
        {
            "Retry-After": str(seconds),
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(seconds),
            "RateLimit-Policy": f"{limit};w={window}",
        },
    )
