"""Policies of the tenants, each looked up once a minute."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from foundation.stale_on_error_cache import StaleOnErrorCache
from models import Storage, TenantPolicy, derive_key
from settings import settings

if TYPE_CHECKING:
    from redaction import Redactor

# The automata of a policy take megabytes; most tenants share the default one.
MAX_REDACTORS = 32
MAX_TENANTS = 100_000


class PolicyInvalid(Exception):
    """Error of a tenant whose stored policy can't be used."""


@dataclass(frozen=True, slots=True)
class StorageContext:
    """How a tenant's logs are stored, and the key of their fingerprints."""

    storage: Storage
    fingerprint_key: bytes


_rows: StaleOnErrorCache[str, TenantPolicy] = StaleOnErrorCache(MAX_TENANTS, lambda: settings.policy_cache_seconds)


def get_redactor(tenant_id: str) -> "Redactor":
    """Return the redactor for a tenant's policy.

    Raises:
        PolicyInvalid: its policy can't be used.
        models.TenantErased: the tenant is erased, or being erased.
        pynamodb.exceptions.GetError, pynamodb.exceptions.UpdateError: DynamoDB did not return its policy.
    """
    row = _get_policy_row(tenant_id)
    try:
        return _build_redactor(row.policy, derive_key(row.secret, "hash")) if row.policy else _build_redactor("", b"")
    except ValueError:
        raise PolicyInvalid(tenant_id) from None


def prepare_default_redactor() -> None:
    """Build the default redactor, so that the first log does not wait."""
    _build_redactor("", b"").prepare()


def get_storage_context(tenant_id: str) -> StorageContext:
    """Return how a tenant's logs are stored.

    Raises:
        Exception: as `get_redactor`.
    """
    row = _get_policy_row(tenant_id)
    try:
        return StorageContext(row.storage, derive_key(row.secret, "fingerprint"))
    except ValueError:
        raise PolicyInvalid(tenant_id) from None


def _get_policy_row(tenant_id: str) -> TenantPolicy:
    # TenantErased is not cached: an erased tenant has few logs left, and a new tenant may get its id later.
    return _rows.get_or_read(tenant_id, lambda: TenantPolicy.get_or_create(tenant_id))


@lru_cache(MAX_REDACTORS)
def _build_redactor(policy: str, hash_key: bytes) -> "Redactor":
    # Imported here, because its patterns take a second to compile, and web, store and most commands never redact.
    from redaction import Policy, Redactor

    return Redactor(Policy.from_json(policy), hash_key) if policy else Redactor()
