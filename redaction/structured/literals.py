"""Literals of JSON texts, and redactions that leave the texts valid JSON."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from redaction.result import Entity
from redaction.structured.encodings import ESCAPE
from redaction.structured.sensitive_keys import get_key_entity

# A string, with the colon if it is a key; another scalar; a bracket. What stands between them can be skipped.
_TOKEN = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*)"(\s*+:)?|([^\s\[\]{},:"]+)|([\[\]{}])', re.DOTALL)
_STRING, _KEY, _SCALAR = 1, 2, 3
_EMPTY = frozenset(["null", "true", "false"])
_NAMING_KEYS = frozenset(["name", "key", "field", "type", "id", "header", "label", "variable"])
_NAMED_KEYS = frozenset(["value", "values", "val", "content", "data"])
# {"password": {"old": "x"}} holds passwords only. {"phone": {"area": "212", "country": "GB"}} holds the parts of a
# number and other things, {"email": {"attempts": 2}} other things only.
_WHOLE_OBJECTS = frozenset(["PASSWORD", "SECRET"])
_IN_PARTS = frozenset([
    "US_SSN", "CREDIT_CARD", "IBAN", "US_BANK", "DOB", "PHONE", "US_PASSPORT", "US_DRIVER_LICENSE", "NATIONAL_ID",
    "MEDICAL_RECORD",
])  # fmt: skip
_check = msgspec.json.Decoder(msgspec.Raw).decode
"""Checks JSON in a twelfth of the time that json.loads takes; raises as msgspec.json.decode does."""


class Literal(msgspec.Struct, gc=False):
    """A string or another scalar of a JSON text.

    Attributes:
        start: where it begins; a string's quotes are not part of it.
        end: where it ends.
        is_string: True for a string, keys included.
        entity: what a sensitive key, however far above it, declares it to be; empty without one.
    """

    start: int
    end: int
    is_string: bool
    entity: str = ""


def is_json(text: str) -> bool:
    """Return True if a text is a JSON object or array."""
    if not text.lstrip(" \t\r\n").startswith(("{", "[")):
        return False
    try:
        _check(text)
    except (ValueError, RecursionError):
        # json.loads accepts NaN and escaped halves of surrogate pairs, which msgspec rejects.
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return False
    return True


def parse_literals(text: str, *, with_keys: bool = True) -> list[Literal] | None:
    """Return the literals of a JSON text; None for another text.

    A JSON text is an object or an array.

    Args:
        text: any text.
        with_keys: True to set the entities that sensitive keys declare; without them it takes less time.
    """
    if not is_json(text):
        return None
    if with_keys:
        return _parse_with_keys(text)
    return [
        Literal(*match.span(_SCALAR), False) if match.lastindex == _SCALAR else Literal(*match.span(_STRING), True)
        for match in _TOKEN.finditer(text)
        if match.lastindex <= _SCALAR  # type: ignore[operator]  # each alternative has a group
    ]


@dataclass(slots=True)
class _Container:
    """An object or array that is not closed yet.

    Attributes:
        entity: what its key declares each value in it to be; empty for nothing.
        part_entity: what its key declares each value with a digit in it to be.
        value_entity: what the next value is declared to be.
        key: the last key, in lower case.
        named_entity: what a value such as "password" under a key such as "name" declares the values beside it to be.
        named_literals: values under keys such as "value", for which `named_entity` is meant.
    """

    entity: str = ""
    part_entity: str = ""
    value_entity: str = ""
    key: str = ""
    named_entity: str = ""
    named_literals: list[Literal] = field(default_factory=list)

    def set_key(self, key: str) -> None:
        """Start the next value under a key."""
        self.key = key.lower()
        self.value_entity = self.entity or get_key_entity(key)

    def add_value(self, literal: Literal, value: str) -> None:
        """Set the entity that the keys so far declare for a value."""
        literal.entity = self.value_entity
        if not literal.entity and self.part_entity and any(map(str.isdigit, value)):
            literal.entity = self.part_entity
        if self.key in _NAMING_KEYS:
            # {"name": "password", "value": "hunter2"}
            self.named_entity = self.named_entity or get_key_entity(value)
        elif self.key in _NAMED_KEYS:
            self.named_literals.append(literal)

    def open_inner(self, bracket: str) -> "_Container":
        """Return the container that begins as the next value."""
        entity = self.value_entity if bracket == "[" or self.value_entity in _WHOLE_OBJECTS else ""
        part_entity = self.value_entity if bracket == "{" and self.value_entity in _IN_PARTS else self.part_entity
        return _Container(entity, part_entity, entity)

    def close(self) -> None:
        """Set the entities of values named by a key beside them.

        The key may stand behind the value, so this waits for the end of the container.
        """
        for literal in self.named_literals if self.named_entity else ():
            literal.entity = literal.entity or self.named_entity


def _parse_with_keys(text: str) -> list[Literal]:
    literals: list[Literal] = []
    container = _Container()
    outer: list[_Container] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastindex
        if kind == _KEY:
            start, end = match.span(_STRING)
            container.set_key(text[start:end])
            literals.append(Literal(start, end, True))
        elif kind in (_STRING, _SCALAR):
            literal = Literal(*match.span(kind), kind == _STRING)
            container.add_value(literal, match[kind])
            literals.append(literal)
        elif (bracket := match.group()) in "{[":
            outer.append(container)
            container = container.open_inner(bracket)
        else:
            container.close()
            container = outer.pop()
    return literals


def find_keyed_entities(text: str, literals: Iterable[Literal]) -> Iterator[Entity]:
    """Yield each whole value under a sensitive key."""
    for literal in literals:
        if literal.entity and text[literal.start : literal.end] not in _EMPTY:
            yield Entity(literal.entity, literal.start, literal.end, "sensitive_key")


def fit_to_literals(text: str, entities: Sequence[Entity], literals: Sequence[Literal]) -> list[Entity]:
    """Cut entities to the literals they touch: the text stays JSON.

    In a string no half of an escape is replaced. A number is replaced whole, by a string.
    """
    fitted: list[Entity] = []
    first = 0
    for entity in entities:
        while first < len(literals) and literals[first].end <= entity.start:
            first += 1
        for index in range(first, len(literals)):
            literal = literals[index]
            if literal.start >= entity.end:
                break
            if not literal.is_string:
                fitted.append(entity.move(literal.start, literal.end, quoted=True))
                continue
            start, end = max(entity.start, literal.start), min(entity.end, literal.end)
            start, end = _widen_to_escapes(text, literal, start, end)
            if any(map(str.isalnum, text[start:end])):
                fitted.append(entity.move(start, end, quoted=entity.quoted))
    return fitted


def _widen_to_escapes(text: str, literal: Literal, start: int, end: int) -> tuple[int, int]:
    if text.find("\\", literal.start, end) < 0:
        return start, end
    for escape in ESCAPE.finditer(text, literal.start, literal.end):
        if escape.start() >= end:
            break
        if escape.start() < start < escape.end():
            # A value that begins behind "\n" begins there; one that begins with half of "\u0041" begins with all of it.
            start = escape.start() if escape.group().startswith("\\u") else escape.end()
        if escape.start() < end < escape.end():
            end = escape.end()
    return start, end
