"""The document has each route, each code, each limit."""

import ast
from typing import Any

import msgspec
import pytest
from flask import Flask

from settings import ROOT, settings
from topology import MAX_LOG_ID_CHARACTERS
from webapp import create_app
from webapp.http.body import _DECODERS
from webapp.ingest.operations import CONTENT_ENCODING, RECORD_CODES
from webapp.ingest.validation import ID_FIELDS, TEXT_FIELDS, TIME_FIELDS
from webapp.openapi.document import build, openapi_path
from webapp.openapi.operation import Operation, documented, response

UNDOCUMENTED = {"/openapi.json", "/docs", "/docs/{name}"}
"""The documentation itself."""


@pytest.fixture(scope="module")
def document() -> Any:
    answer = create_app().test_client().get("/openapi.json")
    assert answer.content_type == "application/json"
    return answer.json


def test_every_route_is_in_the_document(document: Any) -> None:
    routes = {
        (openapi_path(rule), method.lower())
        for rule in create_app().url_map.iter_rules()
        for method in rule.methods or set()
        if method not in ("HEAD", "OPTIONS")
    }

    described = {(path, method) for path, operations in document["paths"].items() for method in operations}
    assert {(path, method) for path, method in routes if path not in UNDOCUMENTED} == described
    assert {path for path, _ in routes} >= UNDOCUMENTED


def raised(without: str = "protocols") -> set[tuple[int | None, str]]:
    """Collect status and code of all problems that the code raises.

    Problems of a single record have no status.

    Args:
        without: a folder to leave out: other systems' protocols have errors of their own.
    """
    found: set[tuple[int | None, str]] = set()
    for file in (ROOT / "webapp").rglob("*.py"):
        if without in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            match node.func.id, [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]:
                case "Problem", [int(status), str(code), *_]:
                    found.add((status, code))
                case "unavailable", [str(code), *_]:
                    found.add((503, code))
                case "_unauthorized", [str(code), *_]:
                    found.add((401, code))
                case "InvalidRecord" | "RecordProblem", [str(code), *_]:
                    found.add((None, code))
    return found


def test_every_code_is_in_the_document(document: Any) -> None:
    described = {
        (int(status), code)
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        for content in answer.get("content", {}).values()
        for part in content.get("schema", {}).get("allOf", [])
        for code in part.get("properties", {}).get("code", {}).get("enum", [])
    } | {(None, code) for code in RECORD_CODES}

    assert len(raised()) > 25
    assert raised() <= described


def test_records_are_described_as_they_are_read(document: Any) -> None:
    record = document["components"]["schemas"]["Record"]

    assert record["properties"].keys() == {*TEXT_FIELDS, *ID_FIELDS, *TIME_FIELDS, "tenant_id"}
    assert record["properties"]["log_id"]["maxLength"] == MAX_LOG_ID_CHARACTERS
    assert document["components"]["schemas"]["Records"]["maxItems"] == settings.max_records
    assert CONTENT_ENCODING["schema"]["enum"] == ["identity", *_DECODERS]


def test_two_schemas_with_one_name_are_an_error(document: Any) -> None:
    app = Flask("two")

    def answering(schema: Any) -> Operation:
        return Operation(tag="", summary="", responses={200: response("", schema)})

    for name in ("a", "b"):
        schema = msgspec.defstruct("Same", [(name, int)])
        app.add_url_rule(f"/{name}", name, documented(answering(schema))(lambda: ""))

    with pytest.raises(ValueError, match="Same"):
        build(app)


def test_a_placeholder_in_a_path_is_a_parameter() -> None:
    app = Flask("path")
    app.add_url_rule(
        "/<index>/_bulk",
        methods=["POST", "PUT"],
        view_func=documented(Operation(tag="", summary="", responses={200: response("")}))(lambda index: index),
    )

    (path, operations), *_ = build(app)["paths"].items()

    assert (path, operations.keys()) == ("/{index}/_bulk", {"post", "put"})
    assert [
        (parameter["name"], parameter["in"], parameter["required"]) for parameter in operations["put"]["parameters"]
    ] == [("index", "path", True)]
