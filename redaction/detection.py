"""Runs recognizers over a text and settles what each stretch of it is."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

import msgspec

from redaction.gates.gates import Opened, Starts, compile_gates
from redaction.overlaps import Spans, merge, outside, starts_outside
from redaction.recognizer import Recognizer
from redaction.recognizers import RECOGNIZERS
from redaction.result import Entity
from redaction.structured import sensitive_keys
from redaction.structured.literals import Literal, decoded, entities_of, fit, is_json, literals_of, percent_decoded

MAX_ROUNDS = 16
MAX_DEPTH = 4
"""How many encodings inside one another are looked into: JSON in JSON, URL encoding of URL encoding."""
CUSTOM_MEMORY_BYTES = 8 << 20
"""For the automaton of one tenant's patterns."""

_ENCODED = r"%[2-7][0-9A-Fa-f]|\\u"
"""What may hide a value from all gates."""
_GATES = (*(recognizer.gate_pattern for recognizer in RECOGNIZERS), sensitive_keys.gate(), _ENCODED)
_DENSE = frozenset(place for place, recognizer in enumerate(RECOGNIZERS) if recognizer.dense_gate)
_SENSITIVE_KEYS = len(RECOGNIZERS)
_CUSTOM = len(_GATES)
"""From here on a tenant's own recognizers are counted."""

Replacement = Callable[[Entity, str], str]
"""What stands for an entity in the redacted text, given its value."""
Accepts = Callable[[Entity, str], bool]
"""Whether an entity is to be replaced, given its value."""
Detected = tuple[list[Entity], str]
"""The entities of a text, sorted by start and non-overlapping, and the redacted text."""


class _Look(msgspec.Struct, gc=False):
    """A text, with its tokens blanked, and what was found in it; `keys_say` is whether a sensitive key may be in it."""

    text: str
    tokens: Spans
    keys_say: bool
    entities: list[Entity] = []


class Detector:
    """Finds entities, and puts their tokens in their place.

    Args:
        recognizers: RECOGNIZERS, with None in the place of one that is not to run: so all policies share the gates.
        custom: more of them, with gates of their own.
        tokens: matches the tokens that stand for a value in a redacted text.
        replacement: makes such a token.
        accepts: has the last word on what was found; without it, all of it is replaced.
    Raises:
        redaction.gates.re2_adapter.GatesTooLarge: there are too many recognizers.
    """

    __slots__ = ("_accepts", "_custom_gates", "_gates", "_recognizers", "_replacement", "_tokens")

    def __init__(
        self,
        recognizers: Sequence[Recognizer | None],
        custom: Sequence[Recognizer],
        tokens: re.Pattern[str],
        replacement: Replacement,
        accepts: Accepts | None,
    ) -> None:
        numbered = [*enumerate(recognizers), *enumerate(custom, _CUSTOM)]
        self._recognizers = {place: recognizer for place, recognizer in numbered if recognizer}
        self._gates = compile_gates(_GATES, dense=_DENSE)
        custom_gates = tuple(recognizer.gate_pattern for recognizer in custom)
        self._custom_gates = compile_gates(custom_gates, CUSTOM_MEMORY_BYTES) if custom else None
        self._tokens = tokens
        self._replacement = replacement
        self._accepts = accepts

    def prepare(self) -> None:
        """Compile what is otherwise compiled when a text first needs it, in 0.2 seconds."""
        self._gates.prepare()

    def detect(self, texts: Sequence[str]) -> dict[int, Detected]:
        """What is in each text in which there is something, by its place.

        A value may have been passed over because of its neighbour ("10.0.0.1+14155552671": no phone starts inside a
        word). Once the neighbour is a token that reason is gone, and a second redaction would find the value. So the
        redacted texts are looked at again until nothing more turns up.
        """
        found = self._scan(texts)
        if not found:
            return {}
        found = {place: merge(entities) for place, entities in found.items()}
        redacted = {place: self._redacted(texts[place], entities) for place, entities in found.items()}
        places = list(found)
        for _ in range(MAX_ROUNDS):
            if not places:
                break
            more = self._scan(
                [redacted[place].blanked for place in places],
                tokens=[redacted[place].tokens for place in places],
                originals=[texts[place] for place in places],
            )
            for number, entities in more.items():
                place = places[number]
                found[place] = merge([*found[place], *map(redacted[place].original, entities)])
                redacted[place] = self._redacted(texts[place], found[place])
            places = [places[number] for number in more]
        return {place: (entities, redacted[place].text) for place, entities in found.items()}

    def _scan(
        self,
        texts: Sequence[str],
        depth: int = 0,
        *,
        tokens: Sequence[Spans] | None = None,
        originals: Sequence[str] = (),
    ) -> dict[int, list[Entity]]:
        """The entities of each text that has any, by its place.

        Args:
            texts: to look at.
            depth: how many encodings they were inside of.
            tokens: where in each text the tokens are, which are blanked already.
            originals: what each text was before it was redacted: if that was JSON, what its keys say has been found.
        """
        opened = self._opened(texts)
        if not opened:
            return {}
        looks: dict[int, _Look] = {}
        callers: dict[int, list[tuple[_Look, Starts]]] = {}
        for place, gates in opened.items():
            text, where = (texts[place], tokens[place]) if tokens else self._blank(texts[place])
            keys_say = _SENSITIVE_KEYS in gates and not (originals and is_json(originals[place]))
            looks[place] = look = _Look(text, where, keys_say)
            for gate, starts in gates.items():
                callers.setdefault(gate, []).append((look, starts))
        # One recognizer after the other, not one text after the other: its pattern stays in the processor's caches.
        for gate in sorted(callers.keys() & self._recognizers.keys()):
            recognizer = self._recognizers[gate]
            for look, starts in callers[gate]:
                if recognizer.skip_inside and starts and look.entities:
                    starts = starts_outside(recognizer.skip_inside, look.entities, starts)
                    if not starts:
                        continue
                for start, end in recognizer.find(look.text, starts):
                    look.entities.append(Entity(recognizer.entity, start, end, recognizer.name))
        return {place: entities for place, look in looks.items() if (entities := self._settle(look, depth))}

    def _opened(self, texts: Sequence[str]) -> Opened:
        opened = self._gates.opened(texts)
        if self._custom_gates:
            # With anchors and what else a tenant likes: text by text.
            for place, text in enumerate(texts):
                for own in self._custom_gates.matching(text):
                    opened.setdefault(place, {})[_CUSTOM + own] = None
        return opened

    def _settle(self, look: "_Look", depth: int) -> list[Entity]:
        """Add what keys and encodings say, and fit all of it to the text."""
        text, entities = look.text, look.entities
        literals = None
        if entities or look.keys_say or "\\" in text:
            literals = literals_of(text, keys_say=look.keys_say)
        if literals is not None:
            if look.keys_say:
                entities += entities_of(text, literals)
            entities += self._found_in_escaped(text, literals, depth)
        if "%" in text and (plain := percent_decoded(text)):
            entities += self._found_in(*plain, depth)
        if not entities:
            return entities
        if self._accepts:
            entities = [entity for entity in entities if self._accepts(entity, text[entity.start : entity.end])]
        if look.tokens:
            entities = list(outside(text, entities, look.tokens))
        return fit(text, merge(entities), literals) if literals and entities else entities

    def _redacted(self, text: str, entities: Sequence[Entity]) -> "_Redacted":
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
                blanked, its_tokens = self._blank(kept)
                blanks.append(blanked)
                tokens += [(start + length, end + length) for start, end in its_tokens]
            else:
                blanks.append(kept)
            length += len(kept)
            if entity:
                token = self._replacement(entity, text[entity.start : entity.end])
                quote = '"' if entity.quoted else ""
                pieces.append(f"{quote}{token}{quote}")
                blanks.append(f"{quote}{_blank_of(len(token))}{quote}")
                length += len(quote)
                tokens.append((length, length + len(token)))
                length += len(token) + len(quote)
                position = entity.end
        return _Redacted("".join(pieces), "".join(blanks), tokens, stretches)

    def _blank(self, text: str) -> tuple[str, Spans]:
        """A text of the same length in which no token says anything about what is beside it, as "[US_SSN] 123" would.

        And where the tokens are.
        """
        tokens = [match.span() for match in self._tokens.finditer(text)] if "[" in text else []
        if not tokens:
            return text, tokens
        pieces: list[str] = []
        position = 0
        for start, end in tokens:
            pieces += (text[position:start], _blank_of(end - start))
            position = end
        return "".join((*pieces, text[position:])), tokens

    def _found_in_escaped(self, text: str, literals: Iterable[Literal], depth: int) -> Iterator[Entity]:
        if "\\" not in text:
            return
        for literal in literals:
            if literal.is_string and text.find("\\", literal.start, literal.end) >= 0:
                yield from self._found_in(*decoded(text, literal), depth)

    def _found_in(self, plain: str, origins: Sequence[int], depth: int) -> Iterator[Entity]:
        """What is found in a text that was encoded; `origins` is where each of its code points came from."""
        for entity in self._scan([plain], depth + 1).get(0, ()) if depth < MAX_DEPTH else ():
            # A number of the JSON in a string is replaced as a part of the string: quotes would end it.
            yield entity.moved(origins[entity.start], origins[entity.end], quoted=False)


def _blank_of(length: int) -> str:
    """What stands for a token that says nothing."""
    return f"[{'_' * (length - 2)}]"


class _Redacted(msgspec.Struct, gc=False):
    """A text with tokens for its entities, the same with its tokens blanked, and where these are.

    `kept` is where each stretch of the original begins here, and there.
    """

    text: str
    blanked: str
    tokens: Spans
    kept: list[tuple[int, int]]

    def original(self, entity: Entity) -> Entity:
        """The same, in the original. It lies in one kept stretch, since no token is part of it."""
        here, there = self.kept[bisect_right(self.kept, entity.start, key=itemgetter(0)) - 1]
        shift = there - here
        return entity.moved(entity.start + shift, entity.end + shift, quoted=entity.quoted)
