"""docs/http-api.md names every path, parameter and code."""

import re
from typing import Any

import pytest

from settings import ROOT
from tests.unit.webapp.openapi.test_document import raised
from webapp import create_app
from webapp.ingest.operations import RECORD_CODES
from webapp.openapi.document import build

PAGE = (ROOT / "docs" / "http-api.md").read_text()
QUOTED = set(re.findall(r"`([^`\n]+)`", PAGE))


@pytest.fixture(scope="module")
def document() -> Any:
    return build(create_app())


def test_every_path_is_on_the_page(document: Any) -> None:
    named = {part.rpartition(" ")[2] for part in QUOTED}
    with_version = {f"{path}/1.0" for path in named if path.startswith("/services/collector")}

    assert document["paths"].keys() <= named | with_version


def test_every_query_parameter_is_on_the_page(document: Any) -> None:
    parameters = {
        parameter["name"]
        for path in ("/ingest", "/logs", "/activity", "/failures")
        for operation in document["paths"][path].values()
        for parameter in operation["parameters"]
        if parameter["in"] == "query"
    }

    assert {"since", "split", "reason"} < parameters
    assert not {name for name in parameters if not re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", PAGE)}


def test_every_code_is_on_the_page() -> None:
    codes = {code for _, code in raised("")} | set(RECORD_CODES)

    assert len(codes) > 60
    assert codes <= QUOTED
