"""Runs recognizers over a text and settles what each stretch of it is.

Overlaps: spans that overlap become one span that covers them all, so no part of a detected value stays readable. The
longest of them names it; of equally long ones the leftmost; of those the first in the registry.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from redaction.gates import Gates
from redaction.recognizer import Recognizer
from redaction.result import Entity

MAX_ROUNDS = 16


class Detector:
    """Finds entities.

    Args:
        recognizers: in the order that settles a tie.
        gates: theirs, in the same order.
        tokens: matches the tokens that stand for a value in a redacted text.
    """

    __slots__ = ("_gates", "_recognizers", "_tokens")

    def __init__(self, recognizers: Sequence[Recognizer], gates: Gates, tokens: re.Pattern[str]) -> None:
        self._recognizers = tuple(recognizers)
        self._gates = gates
        self._tokens = tokens

    def detect(self, text: str) -> list[Entity]:
        """Return the entities of `text`, sorted by start and non-overlapping.

        A value may have been passed over because of its neighbour ("10.0.0.1+14155552671": no phone starts inside a
        word). Once the neighbour is a token that reason is gone, and a second redaction would find the value. So the
        redacted text is looked at again until nothing more turns up.
        """
        found = merge(self._scan(text))
        if not found:
            return found
        for _ in range(MAX_ROUNDS):
            redacted = _Redacted(text, found)
            more = [redacted.original(entity) for entity in self._scan(redacted.text)]
            if not more:
                break
            found = merge([*found, *more])
        return found

    def _scan(self, text: str) -> list[Entity]:
        places = self._gates.matching(text)
        if not places:
            return []
        entities = [
            Entity(recognizer.entity, start, end, recognizer.name)
            for recognizer in map(self._recognizers.__getitem__, sorted(places))
            for start, end in recognizer.find(text)
        ]
        if not entities or "[" not in text:
            return entities
        tokens = [match.span() for match in self._tokens.finditer(text)]
        return list(_outside(text, entities, tokens)) if tokens else entities


def merge(found: Iterable[Entity]) -> list[Entity]:
    """Overlapping entities become one."""
    merged: list[Entity] = []
    longest = 0
    for entity in sorted(found, key=lambda entity: (entity.start, -entity.end)):
        length = entity.end - entity.start
        if not merged or entity.start >= merged[-1].end:
            merged.append(entity)
            longest = length
            continue
        union = merged[-1]
        name, rule = (entity.type, entity.rule) if length > longest else (union.type, union.rule)
        merged[-1] = Entity(name, union.start, max(union.end, entity.end), rule)
        longest = max(longest, length)
    return merged


def _outside(text: str, entities: Iterable[Entity], tokens: Sequence[tuple[int, int]]) -> Iterator[Entity]:
    """The parts of entities that are no token; one with neither letter nor digit has nothing to hide."""
    for entity in entities:
        start = entity.start
        for token_start, token_end in [*tokens, (entity.end, entity.end)]:
            if token_end <= start:
                continue
            end = min(token_start, entity.end)
            if start < end and any(sign.isalnum() for sign in text[start:end]):
                yield Entity(entity.type, start, end, entity.rule)
            start = max(start, token_end)
            if start >= entity.end:
                break


class _Redacted:
    """A text with tokens for its entities, and the way back to the original's offsets."""

    def __init__(self, text: str, entities: Sequence[Entity]) -> None:
        pieces: list[str] = []
        self._kept: list[tuple[int, int]] = []  # where each kept stretch begins here, and in the original
        position = length = 0
        for entity in entities:
            kept, token = text[position : entity.start], f"[{entity.type}]"
            self._kept.append((length, position))
            pieces += (kept, token)
            length += len(kept) + len(token)
            position = entity.end
        self._kept.append((length, position))
        self.text = "".join((*pieces, text[position:]))

    def original(self, entity: Entity) -> Entity:
        """The same, in the original. It lies in one kept stretch, since no token is part of it."""
        here, there = next(pair for pair in reversed(self._kept) if pair[0] <= entity.start)
        shift = there - here
        return Entity(entity.type, entity.start + shift, entity.end + shift, entity.rule)
