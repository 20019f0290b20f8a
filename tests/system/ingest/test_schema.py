"""Requests made of /openapi.json, right and wrong ones, to the real web process: it answers as it says."""

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import msgpack
import pytest
import schemathesis
import zstandard
from hypothesis import settings
from schemathesis.checks import CHECKS, load_all_checks

from tests.support.processes import Processes
from webapp import create_app
from webapp.openapi.document import build

load_all_checks()
# That header and record name one tenant can't be said in a schema, and one right record among wrong ones is enough.
BEYOND_A_SCHEMA = [CHECKS.get_one("positive_data_acceptance"), CHECKS.get_one("negative_data_rejection")]
EXAMPLES = 40
"""Of each operation, besides those at each limit that the document states."""
COMPRESSED: dict[str | None, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
}


def sent_as(media_type: str) -> Callable[[Callable[[Any], bytes]], None]:
    """The generated value in this type, compressed as the generated Content-Encoding says."""

    def register(write: Callable[[Any], bytes]) -> None:
        @schemathesis.serializer(media_type)
        def serialize(ctx: schemathesis.SerializationContext, value: Any) -> bytes:
            body = value if isinstance(value, bytes) else write(value)
            return COMPRESSED.get((ctx.case.headers or {}).get("Content-Encoding"), bytes)(body)

    return register


def to_json(value: Any) -> bytes:
    return json.dumps(value).encode()


sent_as("application/json")(to_json)
sent_as("application/x-ndjson")(
    lambda value: b"\n".join(map(to_json, value)) if isinstance(value, list) else to_json(value)
)
sent_as("application/msgpack")(lambda value: msgpack.packb(value, default=str, unicode_errors="surrogatepass"))
sent_as("application/x-protobuf")(to_json)
sent_as("text/plain")(lambda value: value.encode(errors="replace") if isinstance(value, str) else to_json(value))


operations = schemathesis.openapi.from_dict(build(create_app()))


def test_the_document_is_openapi(web: Processes) -> None:
    served = web.get("/openapi.json").json()

    assert served == operations.raw_schema
    assert served["openapi"].startswith("3.1.")
    operations.validate()


@operations.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
# Schemathesis 4.32 leaves the operation out of pytest 9.2's ids of tests without a parameter.
@pytest.mark.parametrize("scheme", ["http"])
def test_it_answers_as_it_says(case: schemathesis.Case, scheme: str, web: Processes) -> None:
    response = case.call(base_url=f"{scheme}://127.0.0.1:{web.web_port}")
    case.validate_response(response, excluded_checks=BEYOND_A_SCHEMA)
