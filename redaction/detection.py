"""Runs recognizers over a text and settles what each stretch of it is.

Overlaps: spans that overlap become one span that covers them all, so no part of a detected value stays readable. The
longest of them names it; of equally long ones the leftmost; of those the first in the registry.
"""

from collections.abc import Iterable, Sequence

from redaction.recognizer import Recognizer
from redaction.result import Entity

# How far a recognizer may look around a value, in code points.
CONTEXT_REACH = 48
# Holds the longest number (a phone number with its extension, 72 code points) and its context on both sides. Words need
# no room: what could hide an e-mail address from one side is itself part of the address.
_WINDOW = 192


def detect(text: str, recognizers: Sequence[Recognizer]) -> list[Entity]:
    """Return the entities of `text`, sorted by start and non-overlapping.

    A value may have been passed over because of its neighbour ("10.0.0.1+14155552671": no phone starts inside a word).
    Once the neighbour is a token that reason is gone, and a second redaction would find the value. So the text beside
    each entity is looked at again, as it will stand beside the token, until nothing more turns up.
    """
    entities = _merge(_scan(text, recognizers))
    if not entities:
        return entities
    gaps = _gaps(0, len(text), entities)
    while gaps:
        start, end = gaps.pop()
        unblocked = _scan_gap(text, start, end, recognizers)
        if unblocked:
            entities += unblocked
            gaps += _gaps(start, end, unblocked)
    return sorted(entities, key=lambda entity: entity.start)


def _scan(text: str, recognizers: Iterable[Recognizer]) -> list[Entity]:
    return [Entity(recognizer.entity, *span) for recognizer in recognizers for span in recognizer.find(text)]


def _merge(found: list[Entity]) -> list[Entity]:
    merged: list[Entity] = []
    longest = 0
    for entity in sorted(found, key=lambda entity: (entity.start, -entity.end)):
        length = entity.end - entity.start
        if not merged or entity.start >= merged[-1].end:
            merged.append(entity)
            longest = length
            continue
        union = merged[-1]
        name = entity.type if length > longest else union.type
        merged[-1] = Entity(name, union.start, max(union.end, entity.end))
        longest = max(longest, length)
    return merged


def _gaps(start: int, end: int, entities: list[Entity]) -> list[tuple[int, int]]:
    """The non-empty stretches of [start, end) between `entities`, which are sorted."""
    starts = [start, *(entity.end for entity in entities)]
    ends = [*(entity.start for entity in entities), end]
    return [(left, right) for left, right in zip(starts, ends, strict=True) if left < right]


def _scan_gap(text: str, start: int, end: int, recognizers: Sequence[Recognizer]) -> list[Entity]:
    """The entities of text[start:end], a gap between tokens that was scanned before when its neighbours still stood."""
    if end - start <= 2 * _WINDOW:
        return _scan_window(text, start, end, (start, end), recognizers)
    # Only its two ends have new neighbours. Scanning no more keeps a chain of values that unblock each other linear.
    left = _scan_window(text, start, start + _WINDOW, (start, end), recognizers)
    right = _scan_window(text, end - _WINDOW, end, (start, end), recognizers)
    return left + right


def _scan_window(
    text: str, start: int, end: int, gap: tuple[int, int], recognizers: Sequence[Recognizer]
) -> list[Entity]:
    cut_left, cut_right = start > gap[0], end < gap[1]
    before = "]" if not cut_left and start > 0 else ""
    after = "[" if not cut_right and end < len(text) else ""
    shift = start - len(before)
    entities = [
        Entity(entity.type, entity.start + shift, entity.end + shift)
        for entity in _merge(_scan(before + text[start:end] + after, recognizers))
    ]
    # Beside a cut the context is missing, so what is found there doesn't count.
    first = start + CONTEXT_REACH if cut_left else start
    last = end - CONTEXT_REACH if cut_right else end
    return [entity for entity in entities if first <= entity.start and entity.end <= last]
