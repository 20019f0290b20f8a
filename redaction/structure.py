"""JSON texts: what they are made of, and redactions that leave them valid JSON."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from redaction.result import Entity
from redaction.sensitive_keys import entity_of_key

_TOKEN = re.compile(
    r'"(?P<string>[^"\\]*+(?:\\.[^"\\]*+)*)"|(?P<scalar>[^\s\[\]{},:"]+)|(?P<sign>[\[\]{}:,])', re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_EMPTY = frozenset(["null", "true", "false"])
_NAMING_KEYS = frozenset(["name", "key", "field", "type", "id", "header", "label", "variable"])
_NAMED_KEYS = frozenset(["value", "values", "val", "content", "data"])
_WHOLE_OBJECTS = frozenset(["PASSWORD", "SECRET"])
_PERCENT = re.compile(r"%[2-7][0-9A-Fa-f]")


@dataclass(frozen=True, slots=True)
class Literal:
    """A string or another scalar of a JSON text: where it is, for a string without its quotes.

    `entity` is what a sensitive key, however far above it, says that it is.
    """

    start: int
    end: int
    is_string: bool
    is_key: bool = False
    entity: str = ""


def literals_of(text: str) -> list[Literal] | None:
    """The literals of a JSON object or array, in their order; None when `text` is not one."""
    if not text.lstrip(" \t\r\n").startswith(("{", "[")):
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    return _walk(text)


@dataclass(slots=True)
class _Open:
    """An object or array that is not closed yet; `entity` is what its key says of all that is in it."""

    is_object: bool
    entity: str
    key: str = ""
    named: str = ""
    values: list[int] = field(default_factory=list)


def _walk(text: str) -> list[Literal]:
    literals: list[Literal] = []
    open_: list[_Open] = []
    key_comes = False
    entity = ""
    for match in _TOKEN.finditer(text):
        sign = match.group("sign")
        if sign is None:
            is_string = match.group("string") is not None
            start, end = match.span("string" if is_string else "scalar")
            inside = open_[-1]
            if key_comes:
                inside.key = text[start:end].lower()
                entity = inside.entity or entity_of_key(text[start:end])
            elif inside.key in _NAMING_KEYS:
                # {"name": "password", "value": "hunter2"}
                inside.named = inside.named or entity_of_key(text[start:end])
            elif inside.key in _NAMED_KEYS:
                inside.values.append(len(literals))
            literals.append(Literal(start, end, is_string, key_comes, "" if key_comes else entity))
        elif sign in "{[":
            # {"password": {"old": "x"}} has passwords in it, {"phone": {"country": "GB"}} has more than a number.
            open_.append(_Open(sign == "{", entity if sign == "[" or entity in _WHOLE_OBJECTS else ""))
            key_comes = sign == "{"
        elif sign in "}]":
            closed = open_.pop()
            for place in closed.values if closed.named else ():
                literals[place] = replace(literals[place], entity=literals[place].entity or closed.named)
            key_comes = False
        elif sign == ",":
            key_comes, entity = open_[-1].is_object, open_[-1].entity
        else:
            key_comes = False
    return literals


def entities_of(text: str, literals: Iterable[Literal]) -> Iterator[Entity]:
    """Each value under a sensitive key, whole."""
    for literal in literals:
        if literal.entity and text[literal.start : literal.end] not in _EMPTY:
            yield Entity(literal.entity, literal.start, literal.end, "sensitive_key")


def fit(text: str, entities: Sequence[Entity], literals: Sequence[Literal]) -> list[Entity]:
    """Entities cut to the literals that they touch, so that the text stays JSON.

    In a string nothing else is replaced, and no half of an escape; a number is replaced whole, by a string.
    """
    fitted: list[Entity] = []
    place = 0
    for entity in entities:
        while place < len(literals) and literals[place].end <= entity.start:
            place += 1
        for literal in literals[place:]:
            if literal.start >= entity.end:
                break
            if not literal.is_string:
                fitted.append(replace(entity, start=literal.start, end=literal.end, quoted=True))
                continue
            start, end = max(entity.start, literal.start), min(entity.end, literal.end)
            start, end = _whole_escapes(text, literal, start, end)
            if any(sign.isalnum() for sign in text[start:end]):
                fitted.append(replace(entity, start=start, end=end))
    return fitted


def _whole_escapes(text: str, literal: Literal, start: int, end: int) -> tuple[int, int]:
    for escape in _ESCAPE.finditer(text, literal.start, literal.end):
        if escape.start() >= end:
            break
        if escape.start() < start < escape.end():
            # A value that begins behind "\n" begins there; one that begins with half of "\u0041" begins with all of it.
            start = escape.start() if escape.group().startswith("\\u") else escape.end()
        if escape.start() < end < escape.end():
            end = escape.end()
    return start, end


def decoded(text: str, literal: Literal) -> tuple[str, list[int]]:
    """A string without its escapes, and where each of its code points, and its end, is in `text`."""
    pieces: list[str] = []
    places: list[int] = []
    position = literal.start
    for escape in _ESCAPE.finditer(text, literal.start, literal.end):
        pieces.append(text[position : escape.start()])
        places += range(position, escape.start())
        pieces.append(json.loads(f'"{escape.group()}"'))
        places.append(escape.start())
        position = escape.end()
    pieces.append(text[position : literal.end])
    places += range(position, literal.end + 1)
    return "".join(pieces), places


def percent_decoded(text: str) -> tuple[str, list[int]] | None:
    """A text without URL encoding, as `decoded` gives it; None when there is none in it.

    ASCII only, since nothing that is looked for needs more; a second decoding finds what was encoded twice.
    """
    pieces: list[str] = []
    places: list[int] = []
    position = 0
    for escape in _PERCENT.finditer(text):
        pieces.append(text[position : escape.start()])
        places += range(position, escape.start() + 1)
        pieces.append(chr(int(escape.group()[1:], 16)))
        position = escape.end()
    if not pieces:
        return None
    pieces.append(text[position:])
    places += range(position, len(text) + 1)
    return "".join(pieces), places
