"""Tokens that stand for values in a redacted text."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from operator import itemgetter

import msgspec

from redaction.overlaps import Spans
from redaction.result import Entity

Replacement = Callable[[Entity, str], str]
"""Returns the token that replaces an entity, given its value."""


class RedactedText(msgspec.Struct, gc=False):
    """A redacted text, and how it maps to its original.

    Attributes:
        text: with tokens.
        blanked: the same with its tokens blanked.
        tokens: spans of the tokens.
        kept: for each stretch of the original that was kept, where it begins here and where it began there.
    """

    text: str
    blanked: str
    tokens: Spans
    kept: list[tuple[int, int]]

    def to_original(self, entity: Entity) -> Entity:
        """Return the same entity with offsets into the original.

        It lies in one kept stretch, since no token is part of it.
        """
        start, original_start = self.kept[bisect_right(self.kept, entity.start, key=itemgetter(0)) - 1]
        shift = original_start - start
        return entity.move(entity.start + shift, entity.end + shift, quoted=entity.quoted)


class TokenWriter:
    """Writes tokens into texts, and blanks those that are there.

    Args:
        tokens: matches every token that stands for a value in a redacted text.
        replacement: makes such a token.
    """

    __slots__ = ("_replacement", "_tokens")

    def __init__(self, tokens: re.Pattern[str], replacement: Replacement) -> None:
        self._tokens = tokens
        self._replacement = replacement

    def replace_entities(self, text: str, entities: Sequence[Entity]) -> RedactedText:
        """Replace entities, sorted and non-overlapping, by their tokens."""
        pieces: list[str] = []
        blanks: list[str] = []
        tokens: Spans = []
        stretches: list[tuple[int, int]] = []
        position = length = 0
        has_tokens = self._tokens.search(text) is not None
        for entity in (*entities, None):
            kept = text[position : entity.start] if entity else text[position:]
            stretches.append((length, position))
            pieces.append(kept)
            if has_tokens:
                blanked, kept_tokens = self.blank(kept)
                blanks.append(blanked)
                tokens += [(start + length, end + length) for start, end in kept_tokens]
            else:
                blanks.append(kept)
            length += len(kept)
            if entity:
                token = self._replacement(entity, text[entity.start : entity.end])
                quote = '"' if entity.quoted else ""
                pieces.append(f"{quote}{token}{quote}")
                blanks.append(f"{quote}{_blank_token(len(token))}{quote}")
                length += len(quote)
                tokens.append((length, length + len(token)))
                length += len(token) + len(quote)
                position = entity.end
        return RedactedText("".join(pieces), "".join(blanks), tokens, stretches)

    def blank(self, text: str) -> tuple[str, Spans]:
        """Blank the tokens of a text; return it and their spans.

        The text keeps its length. A token must say nothing about what stands beside it, as "[US_SSN] 123" would.
        """
        tokens = [match.span() for match in self._tokens.finditer(text)] if "[" in text else []
        if not tokens:
            return text, tokens
        pieces: list[str] = []
        position = 0
        for start, end in tokens:
            pieces += (text[position:start], _blank_token(end - start))
            position = end
        return "".join((*pieces, text[position:])), tokens


def _blank_token(length: int) -> str:
    return f"[{'_' * (length - 2)}]"
