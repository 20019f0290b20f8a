"""What a tenant wants done with each entity."""

import ipaddress
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, get_args

import msgspec

from redaction.custom import CustomPattern
from redaction.recognizers import ENTITIES as RECOGNIZED
from redaction.structured.sensitive_keys import ENTITIES as KEYED

Action = Literal["token", "partial", "hash", "drop", "keep"]
_ACTIONS: tuple[str, ...] = get_args(Action)

ENTITIES: tuple[str, ...] = tuple(sorted({*RECOGNIZED, *KEYED}))
MAX_CUSTOM_PATTERNS = 50
MAX_ALLOWED = 1000


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What to do with each entity, by name.

    "token" replaces it by `[NAME]`, which is also done with an entity that isn't named; "partial" by
    `[NAME:*1234]`, its last four letters and digits, if it has eight; "hash" by `[NAME:9f3a61c2]`, an HMAC-SHA256 under
    the tenant's key, so that one person can be followed through the logs without being known; "drop" keeps nothing of a
    text that has one in it; "keep" leaves it as it is. A kept entity isn't looked for: it is not in
    `Redaction.entities`, and a value of another type inside it (a phone number in an e-mail address) is still replaced.

    Attributes:
        actions: by entity.
        allow: values that are never replaced: exact ones, and networks such as 10.0.0.0/8.
        custom: patterns of the tenant's own.

    Raises ValueError for an entity or an action that doesn't exist, with the names that do, and for a pattern or a
    network that is none.
    """

    actions: Mapping[str, Action] = msgspec.field(default_factory=dict)
    allow: tuple[str, ...] = ()
    custom: tuple[CustomPattern, ...] = ()

    def __post_init__(self) -> None:
        if len(self.custom) > MAX_CUSTOM_PATTERNS:
            raise ValueError(f"{len(self.custom)} custom patterns: at most {MAX_CUSTOM_PATTERNS} are allowed")
        if len(self.allow) > MAX_ALLOWED:
            raise ValueError(f"{len(self.allow)} allowed values: at most {MAX_ALLOWED} are")
        known = {*ENTITIES, *(pattern.entity for pattern in self.custom)}
        for entity, action in self.actions.items():
            if entity not in known:
                raise ValueError(f"unknown entity {entity!r}: allowed are {', '.join(sorted(known))}")
            if action not in _ACTIONS:
                raise ValueError(f"unknown action {action!r} for {entity}: allowed are {', '.join(_ACTIONS)}")
        # The caller's mapping may change later; a policy that was checked must not.
        msgspec.structs.force_setattr(self, "actions", dict(self.actions))

    @classmethod
    def from_json(cls, document: str | bytes) -> "Policy":
        """A policy as JSON has it: `{"actions": {"EMAIL": "hash"}, "allow": ["10.0.0.0/8"], "custom": [...]}`.

        Raises:
            ValueError: it is no policy; the message says where and why.
        """
        try:
            return msgspec.json.decode(document, type=cls)
        except msgspec.MsgspecError as error:
            raise ValueError(f"not a policy: {error}") from None

    def to_json(self) -> str:
        """What `from_json` takes."""
        return msgspec.json.encode(self).decode()

    def replaces(self, entity: str) -> bool:
        """Whether anything is done with an entity."""
        return self.actions.get(entity, "token") != "keep"

    def allows(self, value: str) -> bool:
        """Whether a value is on the list of those that stay."""
        if value in self._values:
            return True
        if not self._networks:
            return False
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    @cached_property
    def _values(self) -> frozenset[str]:
        return frozenset(self.allow)

    @cached_property
    def _networks(self) -> Sequence[Any]:
        return [ipaddress.ip_network(value, strict=False) for value in self.allow if _is_network(value)]


def _is_network(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return "/" in value
