"""Which entities are replaced."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from redaction.recognizers import ENTITIES

Action = Literal["token", "keep"]
_ACTIONS: tuple[str, ...] = get_args(Action)


@dataclass(frozen=True, slots=True)
class Policy:
    """What to do with each entity, by name: "token" replaces it by `[NAME]`, "keep" leaves it as it is.

    An entity that isn't named is replaced. A kept entity isn't looked for: it is not in `Redaction.entities`, and a
    value of another type inside it (a phone number in an e-mail address) is still replaced.

    Raises ValueError for an entity or an action that doesn't exist, with the names that do.
    """

    actions: Mapping[str, Action] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entity, action in self.actions.items():
            if entity not in ENTITIES:
                raise ValueError(f"unknown entity {entity!r}: allowed are {', '.join(ENTITIES)}")
            if action not in _ACTIONS:
                raise ValueError(f"unknown action {action!r} for {entity}: allowed are {', '.join(_ACTIONS)}")
        # The caller's mapping may change later; a policy that was checked must not.
        object.__setattr__(self, "actions", dict(self.actions))

    def replaces(self, entity: str) -> bool:
        return self.actions.get(entity, "token") == "token"
