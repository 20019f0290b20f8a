"""Policies: a tenant's actions by entity, allowed values and own patterns."""

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
    """A tenant's action for each entity, allowed values, and own patterns.

    The actions:
        "token": replace the value by `[NAME]`. Applies also to each entity that the policy does not name.
        "partial": replace it by `[NAME:*1234]` with its last four letters and digits, if it has at least eight.
        "hash": replace it by `[NAME:9f3a61c2]`, an HMAC-SHA256 under the tenant's hash key. One person can be followed
            through the logs without being known.
        "drop": keep nothing of a text that contains one.
        "keep": leave it as it is. A kept entity is not looked for and not in `Redaction.entities`. A value of another
            type inside it, such as a phone number in an e-mail address, is still replaced.

    Attributes:
        actions: action by entity.
        allow: values that are never replaced: exact ones, and IP networks such as 10.0.0.0/8.
        custom: the tenant's own patterns.
    Raises:
        ValueError: an entity or an action does not exist (the message lists those that do), or there are too many
            patterns or allowed values.
    """

    actions: Mapping[str, Action] = msgspec.field(default_factory=dict)
    allow: tuple[str, ...] = ()
    custom: tuple[CustomPattern, ...] = ()

    def __post_init__(self) -> None:
        if len(self.custom) > MAX_CUSTOM_PATTERNS:
            raise ValueError(f"{len(self.custom)} custom patterns: at most {MAX_CUSTOM_PATTERNS} are allowed")
        if len(self.allow) > MAX_ALLOWED:
            raise ValueError(f"{len(self.allow)} allowed values: at most {MAX_ALLOWED} are possible")
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
        """Parse a policy from JSON.

        `{"actions": {"EMAIL": "hash"}, "allow": ["10.0.0.0/8"], "custom": [{"entity": "BADGE", "pattern": "B[0-9]"}]}`

        Raises:
            ValueError: the document is not a policy; the message says where and why.
        """
        try:
            return msgspec.json.decode(document, type=cls)
        except msgspec.MsgspecError as error:
            raise ValueError(f"not a policy: {error}") from None

    def to_json(self) -> str:
        """Return the JSON that `from_json` parses."""
        return msgspec.json.encode(self).decode()

    def replaces(self, entity: str) -> bool:
        """Return True unless the entity is kept."""
        return self.actions.get(entity, "token") != "keep"

    def allows(self, value: str) -> bool:
        """Return True if a value or a network around it is allowed."""
        if value in self._allowed_values:
            return True
        if not self._allowed_networks:
            return False
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return False
        return any(address in network for network in self._allowed_networks)

    @cached_property
    def _allowed_values(self) -> frozenset[str]:
        return frozenset(self.allow)

    @cached_property
    def _allowed_networks(self) -> Sequence[Any]:
        return [ipaddress.ip_network(value, strict=False) for value in self.allow if _is_network(value)]


def _is_network(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return "/" in value
