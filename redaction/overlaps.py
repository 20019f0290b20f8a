"""Entities that overlap one another or a token.

Overlapping entities become one that covers them all, so that no part of a detected value stays readable. The longest
of them names it; of equally long ones the leftmost; of those the first in the registry.
"""

from collections.abc import Iterable, Iterator

from redaction.result import Entity

Spans = list[tuple[int, int]]
"""(start, end) of each stretch, in order."""


def merge(found: list[Entity]) -> list[Entity]:
    """Merge overlapping entities; return all sorted by start."""
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


def cut_tokens(text: str, entities: Iterable[Entity], tokens: Spans) -> Iterator[Entity]:
    """Yield the parts of entities that lie outside tokens.

    A part with neither letter nor digit has nothing to hide and is left out.
    """
    for entity in entities:
        start = entity.start
        for token_start, token_end in [*tokens, (entity.end, entity.end)]:
            if token_end <= start:
                continue
            end = min(token_start, entity.end)
            if start < end and any(map(str.isalnum, text[start:end])):
                yield entity.move(start, end, quoted=entity.quoted)
            start = max(start, token_end)
            if start >= entity.end:
                break


def drop_starts_inside(rule: str, entities: Iterable[Entity], starts: list[int]) -> list[int]:
    """Return the starts outside the entities that a rule has found."""
    for entity in entities:
        if entity.rule == rule:
            starts = [start for start in starts if not entity.start <= start < entity.end]
    return starts
