"""Description of a view, written beside it; /openapi.json consists of them."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec

from settings import settings

_View = TypeVar("_View", bound=Callable[..., Any])
Schema = Any
"""A JSON Schema as a dict, a type that msgspec converts to one, or `Named`; a dict may contain the others."""


class Named(msgspec.Struct, frozen=True):
    """JSON Schema that is written once, under components, and referred to."""

    name: str
    schema: dict[str, Any]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """Description of a view function.

    Attributes:
        tag: its group.
        parameters: made by `header` and `query`; those in the path are added.
        bodies: schema of the request's body by content type.
        responses: made by `response`, by status; problem documents are described by `problems`.
        problems: codes of problem documents by status; 500 is added.
        problem_members: schema of further members of a problem document, by status.
        security_schemes: OpenAPI's security schemes by name; empty if everybody may ask.
        requires_key: whether one of the schemes must be used.
    """

    tag: str
    summary: str
    responses: dict[int, dict[str, Any]]
    description: str = ""
    parameters: tuple[dict[str, Any], ...] = ()
    bodies: dict[str, Schema] = {}
    problems: dict[int, tuple[str, ...]] = {}
    problem_members: dict[int, Schema] = {}
    security_schemes: dict[str, dict[str, str]] = {}
    requires_key: bool = settings.require_auth


def parameter(location: str, name: str, description: str = "", **schema: Any) -> dict[str, Any]:
    """Describe a parameter of the request, by default a string."""
    return {
        "name": name,
        "in": location,
        "required": location == "path",
        "description": description,
        "schema": {"type": "string"} | schema,
    }


header = partial(parameter, "header")
query = partial(parameter, "query")
in_path = partial(parameter, "path")


def response(
    description: str, schema: Schema = None, *content_types: str, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Describe a response.

    Args:
        description: when it is sent.
        schema: of its body, None without one.
        content_types: of its body; JSON by default. The schema holds for the first.
        headers: description by name; X-Request-Id is added.
    """
    headers = {"X-Request-Id": "The client's X-Request-Id, or a new one."} | (headers or {})
    described: dict[str, Any] = {
        "description": description,
        "headers": {
            name: {"description": text, "schema": {"type": "string"}, "required": True}
            for name, text in headers.items()
        },
    }
    if schema is not None:
        first, *others = content_types or ("application/json",)
        described["content"] = {first: {"schema": schema}} | {name: {} for name in others}
    return described


_operations: dict[Callable[..., Any], Operation] = {}


def documented(operation: Operation) -> Callable[[_View], _View]:
    """Decorate a view function with its description, below its routes."""

    def register(view: _View) -> _View:
        _operations[view] = operation
        return view

    return register


def get_operation(view: Callable[..., Any]) -> Operation | None:
    """Return the description of a view function, None if it has none."""
    return _operations.get(view)
