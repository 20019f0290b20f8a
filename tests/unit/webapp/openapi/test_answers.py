"""Requests made from /openapi.json: the app answers as described."""

import pytest
import schemathesis
from hypothesis import settings

from local.engine import Engine
from tests.support.schema_requests import BEYOND_A_SCHEMA
from webapp import create_app

EXAMPLES = 40
"""Of each operation, besides those at each limit that the document states."""

operations = schemathesis.openapi.from_wsgi("/openapi.json", create_app())


@operations.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
# Schemathesis 4.32 leaves the operation out of pytest 9.2's ids of tests without a parameter.
@pytest.mark.parametrize("transport", ["wsgi"])
def test_the_app_answers_as_documented(case: schemathesis.Case, transport: str, engine: Engine) -> None:
    case.validate_response(case.call(), excluded_checks=BEYOND_A_SCHEMA)
