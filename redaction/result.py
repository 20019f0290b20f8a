"""What a redaction gives back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entity:
    """One detected value: its type and where it stood, `original[start:end]`, in code points."""

    type: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Redaction:
    """The redacted text, and what was replaced in it: sorted, non-overlapping, offsets into the original."""

    text: str
    entities: tuple[Entity, ...]
