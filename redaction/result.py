"""What a redaction gives back."""

from collections import Counter
from dataclasses import dataclass, field

import msgspec


@dataclass(frozen=True, slots=True)
class Entity:
    """One detected value: its type and where it stood, `original[start:end]`, in code points.

    `rule` names the recognizer that found it; `quoted` says that it was a number of a JSON text, where its token is a
    string. They take no part in comparisons.
    """

    type: str
    start: int
    end: int
    rule: str = field(default="", compare=False)
    quoted: bool = field(default=False, compare=False)


class Redaction(msgspec.Struct, frozen=True):
    """The redacted text, and what was replaced in it: sorted, non-overlapping, offsets into the original.

    `dropped` says that the policy wants no part of the text kept; the text is empty then.
    """

    text: str
    entities: tuple[Entity, ...]
    dropped: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many values of each type were replaced."""
        return dict(Counter(entity.type for entity in self.entities))
