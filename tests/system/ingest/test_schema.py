"""Requests made from /openapi.json to the real web process.

tests/unit/webapp/openapi has all operations.
"""

import pytest
import schemathesis
from hypothesis import settings

from tests.support.processes import Processes
from tests.support.schema_requests import BEYOND_A_SCHEMA
from webapp import create_app
from webapp.openapi.document import build

PATHS = "^(/ingest|/v1/logs|/_bulk|/logs|/activity)$"
EXAMPLES = 40
"""Examples of each operation, besides those at each limit that the document states."""

document = schemathesis.openapi.from_dict(build(create_app()))
operations = document.include(path_regex=PATHS)


def test_the_document_is_valid_openapi(web: Processes) -> None:
    served = web.get("/openapi.json").json()

    assert served == document.raw_schema
    assert served["openapi"].startswith("3.1.")
    document.validate()


@operations.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
# Schemathesis 4.32 leaves the operation out of pytest 9.2's ids of tests without a parameter.
@pytest.mark.parametrize("scheme", ["http"])
def test_the_web_process_answers_as_documented(case: schemathesis.Case, scheme: str, web: Processes) -> None:
    response = case.call(base_url=f"{scheme}://127.0.0.1:{web.web_port}")
    case.validate_response(response, excluded_checks=BEYOND_A_SCHEMA)
