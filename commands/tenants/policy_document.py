"""A tenant's policy as one JSON document, for redaction and storage."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

import msgspec

from models import Storage, TenantPolicy
from redaction import Policy
from redaction.policy import Action
from settings import settings

_STORAGE = ("original", "retention_days")


@dataclass(frozen=True, slots=True)
class TenantRules:
    """The two parts of a tenant's policy."""

    redaction: Policy = field(default_factory=Policy)
    storage: Storage = field(default_factory=Storage)

    @classmethod
    def from_json(cls, document: str) -> "TenantRules":
        """Parse a policy such as `{"original": "encrypt", "retention_days": 30, …}`.

        The other members are those that `redaction.Policy.from_json` takes.

        Raises:
            ValueError: the document is not a policy; the message says where and why.
        """
        try:
            members = msgspec.json.decode(document, type=dict[str, msgspec.Raw])
            storage = {name: msgspec.json.decode(members.pop(name)) for name in _STORAGE if name in members}
            _check_actions(msgspec.json.decode(members.get("actions", msgspec.Raw(b"{}"))))
        except msgspec.MsgspecError as error:
            raise ValueError(f"not a policy: {error}") from None
        return cls(Policy.from_json(msgspec.json.encode(members)), Storage(**storage))

    @classmethod
    def read(cls, tenant_id: str) -> "TenantRules":
        """Return the stored policy of a tenant, or the default one.

        Raises:
            ValueError: the stored policy is invalid; not Sluice wrote it.
            pynamodb.exceptions.GetError: DynamoDB did not answer.
        """
        stored = TenantPolicy.get_or_none(tenant_id)
        if stored is None:
            return cls()
        return cls(Policy.from_json(stored.policy) if stored.policy else Policy(), stored.storage)

    def store(self, tenant_id: str) -> None:
        """Replace the tenant's policy.

        Raises:
            models.TenantErased: the tenant was erased, or is being erased.
            pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        TenantPolicy.put(tenant_id, self.redaction.to_json(), self.storage)

    def to_json(self) -> str:
        """Return the document that `from_json` parses; null is left to the settings."""
        return msgspec.json.encode(msgspec.to_builtins(self.redaction) | asdict(self.storage)).decode()

    def explain_defaults(self) -> Iterator[str]:
        """Yield a line for each member that is left to the settings."""
        if self.storage.original is None:
            yield f"original is null: the setting SLUICE_ORIGINAL applies, which is {settings.original}"
        if self.storage.retention_days is None:
            days = f"{settings.retention_days} days" if settings.retention_days else "0, for ever"
            yield f"retention_days is null: the setting SLUICE_RETENTION_DAYS applies, which is {days}"


def _check_actions(actions: Any) -> None:
    """Name the allowed actions, which msgspec's own message leaves out.

    Raises:
        ValueError: an action does not exist.
    """
    allowed = get_args(Action)
    for entity, action in actions.items() if isinstance(actions, dict) else ():
        if action not in allowed:
            raise ValueError(f"unknown action {action!r} for {entity}: allowed are {', '.join(allowed)}")
