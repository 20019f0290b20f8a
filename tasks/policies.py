"""The redactor of each tenant, by its policy, which is looked up once a minute."""

import threading
import time
from dataclasses import dataclass
from functools import lru_cache

from models import TenantPolicy, derived_key
from redaction import Policy, Redactor
from settings import settings

# The automata of a policy take megabytes; the tenants of most share the default one.
MAX_REDACTORS = 32
MAX_TENANTS = 100_000


class PolicyInvalid(Exception):
    """The stored policy of a tenant can't be used."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a tenant's policy was when it was last looked up; `until` is monotonic seconds."""

    policy: str
    hash_key: bytes
    until: float


_known: dict[str, _Known] = {}
_lock = threading.Lock()


def redactor_of(tenant_id: str) -> Redactor:
    """The redactor of a tenant.

    Raises:
        PolicyInvalid: its policy can't be used.
        pynamodb.exceptions.GetError: DynamoDB did not say what its policy is.
    """
    known = _known.get(tenant_id)
    if known is None or known.until < time.monotonic():
        stored = TenantPolicy.of(tenant_id)
        policy, hash_key = (stored.policy or "", derived_key(stored.secret, "hash")) if stored else ("", b"")
        known = _Known(policy, hash_key, time.monotonic() + settings.policy_cache_seconds)
        with _lock:
            if len(_known) >= MAX_TENANTS:
                _known.clear()
            _known[tenant_id] = known
    try:
        return _redactor(known.policy, known.hash_key)
    except ValueError:
        raise PolicyInvalid(tenant_id) from None


@lru_cache(MAX_REDACTORS)
def _redactor(policy: str, hash_key: bytes) -> Redactor:
    return Redactor(Policy.from_json(policy), hash_key) if policy else Redactor()
