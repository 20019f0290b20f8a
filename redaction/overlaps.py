"""Values that overlap.

Spans that overlap become one span that covers them all, so no part of a detected value stays readable. The
longest of them names it; of equally long ones the leftmost; of those the first in the registry.
"""

from collections.abc import Iterable, Iterator

from redaction.result import Entity

Spans = list[tuple[int, int]]


def merge(found: list[Entity]) -> list[Entity]:
    """Overlapping entities become one."""
    if len(found) < 2:
        return found
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
        merged[-1] = Entity(name, union.start, max(union.end, entity.end), rule, union.quoted or entity.quoted)
        longest = max(longest, length)
    return merged


def outside(text: str, entities: Iterable[Entity], tokens: Spans) -> Iterator[Entity]:
    """The parts of entities that are no token; one with neither letter nor digit has nothing to hide."""
    for entity in entities:
        start = entity.start
        for token_start, token_end in [*tokens, (entity.end, entity.end)]:
            if token_end <= start:
                continue
            end = min(token_start, entity.end)
            if start < end and any(sign.isalnum() for sign in text[start:end]):
                yield entity.moved(start, end, quoted=entity.quoted)
            start = max(start, token_end)
            if start >= entity.end:
                break


def starts_outside(rule: str, entities: Iterable[Entity], starts: list[int]) -> list[int]:
    """The starts that are in none of the entities that a recognizer has found."""
    for entity in entities:
        if entity.rule == rule:
            starts = [start for start in starts if not entity.start <= start < entity.end]
    return starts
