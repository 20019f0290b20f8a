"""The OpenAPI document of an app: its routes, and what was said about their functions."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from flask import Flask
from werkzeug.routing import Rule

from webapp.http.operations import Answer, Named, Operation, Parameter, Schema, get_operation
from webapp.http.problems import ProblemDocument

_REFERENCE = "#/components/schemas/{name}"
_PLACEHOLDER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
# Flask answers these for every path that takes GET, or anything.
_IMPLIED_METHODS = {"HEAD", "OPTIONS"}
_PROBLEM_HEADERS = {
    401: {"WWW-Authenticate": "Bearer, and what is wrong with the key."},
    429: {"Retry-After": "Seconds to wait."}
    | {f"RateLimit-{name}": "Of the tenant's limit." for name in ("Limit", "Remaining", "Reset")},
    503: {"Retry-After": "Seconds to wait."},
}
_EVERYWHERE = {500: ("internal_error",)}
_DESCRIPTION = """\
Logs in, personal data and secrets out. Errors are problem documents (RFC 9457) whose `code` never changes; none has a
word of a log in it. Each answer has an `X-Request-Id`. After 429 and 503 wait for `Retry-After`, then send the same
again."""


def build(app: Flask) -> dict[str, Any]:
    """OpenAPI 3.1 for the routes of an app whose functions are documented."""
    paths: dict[str, dict[str, Any]] = {}
    credentials: dict[str, dict[str, str]] = {}
    types = _Types()
    for rule, method, operation in documented_routes(app):
        paths.setdefault(openapi_path(rule), {})[method.lower()] = _operation(rule, method, operation, types)
        credentials |= operation.credentials
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sluice", "version": "1", "description": _DESCRIPTION},
        "paths": paths,
        "components": {"schemas": types.components(), "securitySchemes": credentials},
    }


def documented_routes(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    """Each route and method whose function is documented, in the order in which the blueprints are registered."""
    for rule in app.url_map.iter_rules():
        operation = get_operation(app.view_functions[rule.endpoint])
        if operation is not None:
            for method in sorted((rule.methods or set()) - _IMPLIED_METHODS):
                yield rule, method, operation


def openapi_path(rule: Rule) -> str:
    """/<index>/_bulk as OpenAPI has it: /{index}/_bulk."""
    return _PLACEHOLDER.sub(r"{\1}", rule.rule)


class _Types:
    """What has a name, so that it is written once."""

    def __init__(self) -> None:
        self._named: dict[str, Any] = {}

    def schema_of(self, schema: Schema) -> dict[str, Any]:
        """A JSON Schema, with references to what has a name."""
        if isinstance(schema, dict):
            return {key: self._inside(value) for key, value in schema.items()}
        if isinstance(schema, Named):
            self._add({schema.name: self.schema_of(schema.schema)})
            return {"$ref": _REFERENCE.format(name=schema.name)}
        (described,), named = msgspec.json.schema_components([schema], ref_template=_REFERENCE)
        self._add(named)
        return described

    def _inside(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [self._inside(item) for item in value]
        return self.schema_of(value) if isinstance(value, dict | type | Named) else value

    def _add(self, named: dict[str, Any]) -> None:
        for name, schema in named.items():
            if self._named.setdefault(name, schema) != schema:
                raise ValueError(f"two types of the document are called {name}; call one of them otherwise")

    def components(self) -> dict[str, Any]:
        """All of them."""
        return dict(sorted(self._named.items()))


def _operation(rule: Rule, method: str, operation: Operation, types: _Types) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{method} {openapi_path(rule)}",
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [_parameter(parameter) for parameter in (*_in_path(rule), *operation.parameters)],
        "responses": _responses(operation, types),
    }
    if operation.bodies:
        described["requestBody"] = {
            "required": True,
            "content": {name: {"schema": types.schema_of(schema)} for name, schema in operation.bodies.items()},
        }
    if operation.credentials:
        described["security"] = [{name: []} for name in operation.credentials]
        if not operation.needs_credentials:
            described["security"].append({})
    return described


def _in_path(rule: Rule) -> list[Parameter]:
    return [Parameter(name, "", place="path") for name in sorted(rule.arguments)]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.place == "path",
        "description": parameter.description,
        "schema": parameter.schema,
    }


def _responses(operation: Operation, types: _Types) -> dict[str, Any]:
    answers = {status: _response(answer, types) for status, answer in operation.answers.items()}
    for status, codes in (operation.problems | _EVERYWHERE).items():
        answers.setdefault(status, _response(_problem(status, codes, operation.members.get(status)), types))
    return {str(status): answers[status] for status in sorted(answers)}


def _problem(status: int, codes: tuple[str, ...], members: Schema) -> Answer:
    schema = {"allOf": [ProblemDocument, {"properties": {"code": {"enum": codes}}}, *([members] if members else [])]}
    return Answer(
        ", ".join(f"`{code}`" for code in codes),
        schema,
        "application/problem+json",
        _PROBLEM_HEADERS.get(status, {}),
    )


def _response(answer: Answer, types: _Types) -> dict[str, Any]:
    headers = {"X-Request-Id": "The request's own, or one that was made for it."} | answer.headers
    described: dict[str, Any] = {
        "description": answer.description,
        "headers": {
            name: {"description": said, "schema": {"type": "string"}, "required": True}
            for name, said in headers.items()
        },
    }
    if answer.schema is not None:
        described["content"] = {answer.content_type: {"schema": types.schema_of(answer.schema)}}
        described["content"] |= {name: {} for name in answer.further}
    return described
