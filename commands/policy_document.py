"""A tenant's policy as people write it: one JSON document about how its logs are redacted, and how they are stored."""

from dataclasses import asdict, dataclass, field

import msgspec

from models import Storage, TenantPolicy
from redaction import Policy

_STORAGE = ("original", "retention_days")


@dataclass(frozen=True, slots=True)
class TenantRules:
    """Both parts of it."""

    redaction: Policy = field(default_factory=Policy)
    storage: Storage = field(default_factory=Storage)

    @classmethod
    def from_json(cls, document: str) -> "TenantRules":
        """`{"original": "encrypt", "retention_days": 30, …}`, the rest as `redaction.Policy.from_json` takes it.

        Raises:
            ValueError: it is no policy; the message says where and why.
        """
        try:
            members = msgspec.json.decode(document, type=dict[str, msgspec.Raw])
            storage = {name: msgspec.json.decode(members.pop(name)) for name in _STORAGE if name in members}
        except msgspec.MsgspecError as error:
            raise ValueError(f"not a policy: {error}") from None
        return cls(Policy.from_json(msgspec.json.encode(members)), Storage(**storage))

    @classmethod
    def of(cls, tenant_id: str) -> "TenantRules":
        """The stored one of a tenant; the default when there is none.

        Raises:
            ValueError: somebody wrote into the table what can't be.
            pynamodb.exceptions.GetError: DynamoDB did not answer.
        """
        stored = TenantPolicy.get_or_none(tenant_id)
        if stored is None:
            return cls()
        return cls(Policy.from_json(stored.policy) if stored.policy else Policy(), stored.storage)

    def store(self, tenant_id: str) -> None:
        """Put it in the place of the tenant's policy.

        Raises:
            models.TenantErased: the tenant was, or is being.
            pynamodb.exceptions.UpdateError: DynamoDB refused or did not answer.
        """
        TenantPolicy.put(tenant_id, self.redaction.to_json(), self.storage)

    def to_json(self) -> str:
        """What `from_json` takes, without what is left to the settings."""
        own = {name: value for name, value in asdict(self.storage).items() if value is not None}
        return msgspec.json.encode(msgspec.to_builtins(self.redaction) | own).decode()
