"""What an endpoint takes and answers, said beside the function that does it; /openapi.json is made of it."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from settings import settings

_View = TypeVar("_View", bound=Callable[..., Any])
Schema = Any
"""A JSON Schema as a dict, a type of which msgspec makes one, or `Named`; also one inside of another."""


class Named(msgspec.Struct, frozen=True):
    """A JSON Schema that is written once, and referred to."""

    name: str
    schema: dict[str, Any]


class Parameter(msgspec.Struct, frozen=True):
    """A header, or something in the query or path."""

    name: str
    description: str
    schema: dict[str, Any] = msgspec.field(default_factory=lambda: {"type": "string"})
    place: str = "header"


class Answer(msgspec.Struct, frozen=True):
    """What comes back under one status.

    Attributes:
        schema: of its body; None when it has none.
        headers: name to what it says; X-Request-Id is on every answer.
        further: other content types that it may have.
    """

    description: str
    schema: Schema = None
    content_type: str = "application/json"
    headers: dict[str, str] = {}
    further: tuple[str, ...] = ()


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What a view function does.

    Attributes:
        tag: under which it stands.
        bodies: by content type.
        answers: by status; those that are no problem documents.
        problems: by status the codes of its problem documents; 500 goes without saying.
        members: by status what such a document may have besides.
        credentials: ways to say who asks, by name, as OpenAPI has them; none when anyone may.
        needs_credentials: whether one of them must be used.
    """

    tag: str
    summary: str
    answers: dict[int, Answer]
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    bodies: dict[str, Schema] = {}
    problems: dict[int, tuple[str, ...]] = {}
    members: dict[int, Schema] = {}
    credentials: dict[str, dict[str, str]] = {}
    needs_credentials: bool = settings.require_auth


_OPERATIONS: dict[Callable[..., Any], Operation] = {}


def documented(operation: Operation) -> Callable[[_View], _View]:
    """Decorate a view function, below its routes: path and methods are the app's."""

    def register(view: _View) -> _View:
        _OPERATIONS[view] = operation
        return view

    return register


def get_operation(view: Callable[..., Any]) -> Operation | None:
    """What was said about a view function, if anything."""
    return _OPERATIONS.get(view)


KEYS = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key that begins with slk_."},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key."},
}
"""What `identify` takes on every path; a protocol adds its own: KEYS | {"splunk": {…}}."""
