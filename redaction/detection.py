"""Detection of entities by gates, recognizers, sensitive keys and decoding."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from redaction.gates.gates import Gate, MatchesByText, Starts, get_gates
from redaction.overlaps import Spans, cut_tokens, drop_starts_inside, merge
from redaction.recognizer import Recognizer
from redaction.recognizers import RECOGNIZERS
from redaction.result import Entity
from redaction.structured import sensitive_keys
from redaction.structured.encodings import decode_escapes, decode_percent
from redaction.structured.literals import (
    Literal,
    find_keyed_entities,
    fit_to_literals,
    is_json,
    parse_literals,
)
from redaction.tokens import RedactedText, Replacement, TokenWriter

MAX_ROUNDS = 16
"""Times at most that a redacted text is looked at again."""
MAX_DEPTH = 4
"""Encodings inside one another that are decoded: JSON in JSON, URL encoding of URL encoding."""
CUSTOM_MEMORY_BYTES = 24 << 20
"""For the automaton of one tenant's patterns: three times RE2's default for a single one."""

_ENCODED = Gate(r"%[2-7][0-9A-Fa-f]|\\u", "shapes")
"""Encodings that may hide a value from all gates. No recognizer belongs to this gate: it makes a text looked at."""
_GATES = (*(recognizer.to_gate() for recognizer in RECOGNIZERS), sensitive_keys.build_gate(), _ENCODED)
_SENSITIVE_KEYS = len(RECOGNIZERS)
_FIRST_CUSTOM = len(_GATES)
"""Index of a tenant's first own recognizer."""

Accepts = Callable[[Entity, str], bool]
"""Returns True if an entity is to be replaced, given its value."""
Detected = tuple[list[Entity], str]
"""The entities of a text, sorted by start and non-overlapping, and the redacted text."""


class _ScanState(msgspec.Struct, gc=False):
    """A text with blanked tokens, and the entities found so far."""

    text: str
    tokens: Spans
    may_have_sensitive_key: bool
    entities: list[Entity] = []


class Detector:
    """Finds entities and replaces them by tokens.

    Args:
        recognizers: RECOGNIZERS, with None for each that is not to run: so all policies share the gates.
        custom: a tenant's own recognizers, with gates of their own.
        tokens: matches every token that stands for a value in a redacted text.
        replacement: makes such a token.
        accepts: has the last word on each entity; without it, all are replaced.
    Raises:
        redaction.gates.re2_adapter.GatesTooLarge: there are too many recognizers.
    """

    __slots__ = ("_accepts", "_custom_gates", "_gates", "_recognizers", "_writer")

    def __init__(
        self,
        recognizers: Sequence[Recognizer | None],
        custom: Sequence[Recognizer],
        tokens: re.Pattern[str],
        replacement: Replacement,
        accepts: Accepts | None,
    ) -> None:
        numbered = [*enumerate(recognizers), *enumerate(custom, _FIRST_CUSTOM)]
        self._recognizers = {index: recognizer for index, recognizer in numbered if recognizer}
        self._gates = get_gates(_GATES)
        custom_gates = tuple(recognizer.to_gate() for recognizer in custom)
        self._custom_gates = get_gates(custom_gates, CUSTOM_MEMORY_BYTES) if custom else None
        self._writer = TokenWriter(tokens, replacement)
        self._accepts = accepts

    def prepare(self) -> None:
        """Compile what the first text otherwise compiles, in 0.2 seconds."""
        self._gates.prepare()

    def detect(self, texts: Sequence[str]) -> dict[int, Detected]:
        """Find entities; return those of each text by its index.

        Texts without any are left out.

        A value may have been passed over because of its neighbour ("10.0.0.1+14155552671": no phone starts inside a
        word). Once the neighbour is a token that reason is gone, and a second redaction would find the value. So the
        redacted texts are looked at again until nothing more turns up.
        """
        found = self._scan(texts)
        if not found:
            return {}
        found = {index: merge(entities) for index, entities in found.items()}
        redacted = {index: self._redact(texts[index], entities) for index, entities in found.items()}
        indexes = list(found)
        for _ in range(MAX_ROUNDS):
            if not indexes:
                break
            more = self._scan(
                [redacted[index].blanked for index in indexes],
                tokens=[redacted[index].tokens for index in indexes],
                originals=[texts[index] for index in indexes],
            )
            for number, entities in more.items():
                index = indexes[number]
                found[index] = merge([*found[index], *map(redacted[index].to_original, entities)])
                redacted[index] = self._redact(texts[index], found[index])
            indexes = [indexes[number] for number in more]
        return {index: (entities, redacted[index].text) for index, entities in found.items()}

    def _redact(self, text: str, entities: Sequence[Entity]) -> RedactedText:
        return self._writer.replace_entities(text, entities)

    def _scan(
        self,
        texts: Sequence[str],
        depth: int = 0,
        *,
        tokens: Sequence[Spans] | None = None,
        originals: Sequence[str] = (),
    ) -> dict[int, list[Entity]]:
        """Find the entities that one look at each text shows.

        Args:
            texts: to look at.
            depth: number of encodings that they were inside of.
            tokens: spans of the tokens in each text, which are blanked already.
            originals: each text before it was redacted. If that was JSON, its sensitive keys have been seen to.
        """
        matches = self._find_gates(texts)
        if not matches:
            return {}
        states: dict[int, _ScanState] = {}
        calls: dict[int, list[tuple[_ScanState, Starts]]] = {}
        for index, gates in matches.items():
            text, spans = (texts[index], tokens[index]) if tokens else self._writer.blank(texts[index])
            has_key = _SENSITIVE_KEYS in gates and not (originals and is_json(originals[index]))
            states[index] = state = _ScanState(text, spans, has_key)
            for gate, starts in gates.items():
                calls.setdefault(gate, []).append((state, starts))
        # One recognizer after the other, not one text after the other: its pattern stays in the processor's caches.
        for gate in sorted(calls.keys() & self._recognizers.keys()):
            recognizer = self._recognizers[gate]
            for state, starts in calls[gate]:
                if recognizer.skip_inside and starts and state.entities:
                    starts = drop_starts_inside(recognizer.skip_inside, state.entities, starts)
                    if not starts:
                        continue
                for start, end in recognizer.find(state.text, starts):
                    state.entities.append(Entity(recognizer.entity, start, end, recognizer.name))
        return {index: entities for index, state in states.items() if (entities := self._finish(state, depth))}

    def _find_gates(self, texts: Sequence[str]) -> MatchesByText:
        matches = self._gates.matches_by_text(texts)
        if self._custom_gates:
            # Text by text: a tenant's pattern may have anchors, and match line feeds.
            for index, text in enumerate(texts):
                for custom_index in self._custom_gates.match_text(text):
                    matches.setdefault(index, {})[_FIRST_CUSTOM + custom_index] = None
        return matches

    def _finish(self, state: _ScanState, depth: int) -> list[Entity]:
        """Add entities of sensitive keys and encodings; fit all to the text."""
        text, entities = state.text, state.entities
        literals = None
        if entities or state.may_have_sensitive_key or "\\" in text:
            literals = parse_literals(text, with_keys=state.may_have_sensitive_key)
        if literals is not None:
            if state.may_have_sensitive_key:
                entities += find_keyed_entities(text, literals)
            entities += self._find_in_escaped(text, literals, depth)
        if "%" in text and (decoded := decode_percent(text)):
            entities += self._find_in_decoded(*decoded, depth)
        if not entities:
            return entities
        if self._accepts:
            entities = [entity for entity in entities if self._accepts(entity, text[entity.start : entity.end])]
        if state.tokens:
            entities = list(cut_tokens(text, entities, state.tokens))
        return fit_to_literals(text, merge(entities), literals) if literals and entities else entities

    def _find_in_escaped(self, text: str, literals: Iterable[Literal], depth: int) -> Iterator[Entity]:
        if "\\" not in text:
            return
        for literal in literals:
            if literal.is_string and text.find("\\", literal.start, literal.end) >= 0:
                yield from self._find_in_decoded(*decode_escapes(text, literal.start, literal.end), depth)

    def _find_in_decoded(self, decoded: str, origins: Sequence[int], depth: int) -> Iterator[Entity]:
        """Yield the entities of a decoded text, with offsets by `origins`.

        `origins` is where each of its code points, and its end, came from.
        """
        for entity in self._scan([decoded], depth + 1).get(0, ()) if depth < MAX_DEPTH else ():
            # A number of the JSON in a string is replaced as a part of the string: quotes would end it.
            yield entity.move(origins[entity.start], origins[entity.end], quoted=False)
