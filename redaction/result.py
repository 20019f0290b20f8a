"""Results of a redaction: entities and the redacted text."""

from collections import Counter

import msgspec


class Entity(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One detected value: its type, and where it stood in the original.

    Attributes:
        type: name of the entity, such as "EMAIL".
        start: code points before the value: it is `original[start:end]`.
        end: code points before the end of the value.
        rule: name of the recognizer that found it. Takes no part in comparisons.
        quoted: True if it was a number of a JSON text, whose token is a string there. Takes no part in comparisons.
    """

    type: str
    start: int
    end: int
    rule: str = ""
    quoted: bool = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entity):
            return NotImplemented
        return (self.type, self.start, self.end) == (other.type, other.start, other.end)

    def __hash__(self) -> int:
        return hash((self.type, self.start, self.end))

    def move(self, start: int, end: int, *, quoted: bool) -> "Entity":
        """Return the same entity with other offsets."""
        return Entity(self.type, start, end, self.rule, quoted)


class Redaction(msgspec.Struct, frozen=True, gc=False):
    """A redacted text, and what was replaced in it.

    Attributes:
        text: with tokens; empty if dropped.
        entities: sorted and non-overlapping, with offsets into the original.
        dropped: True if the policy keeps no part of this text.
    """

    text: str
    entities: tuple[Entity, ...] = ()
    dropped: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """Number of replaced values of each type."""
        return dict(Counter(entity.type for entity in self.entities))
