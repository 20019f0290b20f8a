"""What a redaction gives back."""

from collections import Counter

import msgspec


class Entity(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One detected value: its type and where it stood, `original[start:end]`, in code points.

    `rule` names the recognizer that found it; `quoted` says that it was a number of a JSON text, where its token is a
    string. They take no part in comparisons.
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

    def moved(self, start: int, end: int, *, quoted: bool) -> "Entity":
        """The same elsewhere."""
        return Entity(self.type, start, end, self.rule, quoted)


class Redaction(msgspec.Struct, frozen=True, gc=False):
    """The redacted text, and what was replaced in it: sorted, non-overlapping, offsets into the original.

    `dropped` says that the policy wants no part of the text kept; the text is empty then.
    """

    text: str
    entities: tuple[Entity, ...] = ()
    dropped: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many values of each type were replaced."""
        return dict(Counter(entity.type for entity in self.entities))
