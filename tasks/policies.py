"""What each tenant wants done with its logs, which is looked up once a minute."""

import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from models import Storage, TenantPolicy, derived_key
from settings import settings

if TYPE_CHECKING:
    from redaction import Redactor

# The automata of a policy take megabytes; the tenants of most share the default one.
MAX_REDACTORS = 32
MAX_TENANTS = 100_000


class PolicyInvalid(Exception):
    """The stored policy of a tenant can't be used."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a tenant's row was when it was last looked up; `until` is monotonic seconds."""

    row: TenantPolicy
    until: float


@dataclass(frozen=True, slots=True)
class Storing:
    """How a tenant's logs are stored, and the key of their fingerprints."""

    storage: Storage
    fingerprint_key: bytes


_known: dict[str, _Known] = {}
_lock = threading.Lock()


def redactor_of(tenant_id: str) -> "Redactor":
    """The redactor of a tenant.

    Raises:
        PolicyInvalid: its policy can't be used.
        models.TenantErased: it was, or is being.
        pynamodb.exceptions.GetError, pynamodb.exceptions.UpdateError: DynamoDB did not say what its policy is.
    """
    row = _row_of(tenant_id)
    try:
        return _redactor(row.policy, derived_key(row.secret, "hash")) if row.policy else _redactor("", b"")
    except ValueError:
        raise PolicyInvalid(tenant_id) from None


def make_default_redactor() -> None:
    """Make now what the first log would wait for."""
    _redactor("", b"").prepare()


def storing_of(tenant_id: str) -> Storing:
    """How a tenant's logs are stored.

    Raises:
        As `redactor_of`.
    """
    row = _row_of(tenant_id)
    try:
        return Storing(row.storage, derived_key(row.secret, "fingerprint"))
    except ValueError:
        raise PolicyInvalid(tenant_id) from None


def _row_of(tenant_id: str) -> TenantPolicy:
    known = _known.get(tenant_id)
    if known is not None and time.monotonic() <= known.until:
        return known.row
    # That a tenant was erased is not kept: its logs are few, and a new one may have its id later.
    row = TenantPolicy.with_secret(tenant_id)
    with _lock:
        if len(_known) >= MAX_TENANTS:
            _known.clear()
        _known[tenant_id] = _Known(row, time.monotonic() + settings.policy_cache_seconds)
    return row


@lru_cache(MAX_REDACTORS)
def _redactor(policy: str, hash_key: bytes) -> "Redactor":
    # Here, because its patterns take a second to compile, and web, store and most commands never redact.
    from redaction import Policy, Redactor

    return Redactor(Policy.from_json(policy), hash_key) if policy else Redactor()
