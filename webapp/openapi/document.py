"""OpenAPI document of an app: its routes, and their views' descriptions."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from flask import Flask
from werkzeug.routing import Rule

from topology import VERSION
from webapp.openapi.operation import Named, Operation, get_operation, in_path, response
from webapp.openapi.problem_document import ProblemDocument

_REFERENCE = "#/components/schemas/{name}"
_PLACEHOLDER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
# Flask answers HEAD wherever it answers GET, and OPTIONS everywhere.
_IMPLIED_METHODS = {"HEAD", "OPTIONS"}
_RETRY_AFTER = {"Retry-After": "Seconds to wait before the request is sent again."}
_PROBLEM_HEADERS = {
    401: {"WWW-Authenticate": "Bearer, with an error code if the API key is wrong."},
    429: _RETRY_AFTER
    | {
        "RateLimit-Limit": "The limit that was exceeded, in a window.",
        "RateLimit-Remaining": "What is left of it: 0.",
        "RateLimit-Reset": "Seconds until something of it is free again.",
    },
    503: _RETRY_AFTER,
}
_ALWAYS = {500: ("internal_error",)}
_DESCRIPTION = """\
Sluice accepts logs and redacts personal data and secrets in them. Errors are problem documents (RFC 9457) with a `code`
that never changes; none quotes a log. Every response has an `X-Request-Id`. After 429 and 503, wait for `Retry-After`
seconds, then send the same request again."""


def build(app: Flask) -> dict[str, Any]:
    """Build the OpenAPI 3.1 document of an app's described routes."""
    paths: dict[str, dict[str, Any]] = {}
    security_schemes: dict[str, dict[str, str]] = {}
    for rule, method, operation in documented_routes(app):
        paths.setdefault(openapi_path(rule), {})[method.lower()] = _describe(rule, method, operation)
        security_schemes |= operation.security_schemes
    schemas: dict[str, Any] = {}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sluice", "version": VERSION, "description": _DESCRIPTION},
        "paths": _resolve(paths, schemas),
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": security_schemes},
    }


def documented_routes(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    """Yield each described route and method, in the order of registration."""
    for rule in app.url_map.iter_rules():
        operation = get_operation(app.view_functions[rule.endpoint])
        if operation is not None:
            for method in sorted((rule.methods or set()) - _IMPLIED_METHODS):
                yield rule, method, operation


def openapi_path(rule: Rule) -> str:
    """Convert a route's path such as /<index>/_bulk to OpenAPI's /{index}/_bulk."""
    return _PLACEHOLDER.sub(r"{\1}", rule.rule)


def _describe(rule: Rule, method: str, operation: Operation) -> dict[str, Any]:
    responses = dict(operation.responses)
    for status, codes in (operation.problems | _ALWAYS).items():
        responses.setdefault(status, _describe_problem(status, codes, operation))
    described: dict[str, Any] = {
        "operationId": f"{method} {openapi_path(rule)}",
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [*map(in_path, sorted(rule.arguments)), *operation.parameters],
        "responses": {str(status): responses[status] for status in sorted(responses)},
    }
    if operation.bodies:
        content = {name: {"schema": schema} for name, schema in operation.bodies.items()}
        described["requestBody"] = {"required": True, "content": content}
    if operation.security_schemes:
        described["security"] = [{name: []} for name in operation.security_schemes]
        if not operation.requires_key:
            described["security"].append({})
    return described


def _describe_problem(status: int, codes: tuple[str, ...], operation: Operation) -> dict[str, Any]:
    members = operation.problem_members.get(status)
    schemas = [ProblemDocument, {"properties": {"code": {"enum": codes}}}, *([members] if members else [])]
    description = ", ".join(f"`{code}`" for code in codes)
    headers = _PROBLEM_HEADERS.get(status)
    return response(description, {"allOf": schemas}, "application/problem+json", headers=headers)


def _resolve(value: Any, schemas: dict[str, Any]) -> Any:
    """Replace types and `Named` by references to `schemas`."""
    if isinstance(value, dict):
        return {name: _resolve(item, schemas) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_resolve(item, schemas) for item in value]
    if isinstance(value, Named):
        _add(schemas, {value.name: _resolve(value.schema, schemas)})
        return {"$ref": _REFERENCE.format(name=value.name)}
    if isinstance(value, type):
        (described,), named = msgspec.json.schema_components([value], ref_template=_REFERENCE)
        _add(schemas, named)
        return described
    return value


def _add(schemas: dict[str, Any], named: dict[str, Any]) -> None:
    for name, schema in named.items():
        if schemas.setdefault(name, schema) != schema:
            raise ValueError(f"two schemas of the document are called {name}; rename one of them")
