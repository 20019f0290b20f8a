"""Bodies that schemathesis generates, in each content type and encoding."""

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import msgpack
import schemathesis
import zstandard
from schemathesis.checks import CHECKS, load_all_checks

load_all_checks()
# A schema cannot say that header and record must name one tenant, nor that one valid record among others is enough.
BEYOND_A_SCHEMA = [CHECKS.get_one("positive_data_acceptance"), CHECKS.get_one("negative_data_rejection")]
_COMPRESSED: dict[str | None, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
}


def _register(media_type: str, write: Callable[[Any], bytes]) -> None:
    """Write generated values in this type, compressed as the generated Content-Encoding asks."""

    @schemathesis.serializer(media_type)
    def serialize(ctx: schemathesis.SerializationContext, value: Any) -> bytes:
        body = value if isinstance(value, bytes) else write(value)
        return _COMPRESSED.get((ctx.case.headers or {}).get("Content-Encoding"), bytes)(body)


def _to_json(value: Any) -> bytes:
    return json.dumps(value).encode()


_register("application/json", _to_json)
_register(
    "application/x-ndjson",
    lambda value: b"\n".join(map(_to_json, value)) if isinstance(value, list) else _to_json(value),
)
_register("application/msgpack", lambda value: msgpack.packb(value, default=str, unicode_errors="surrogatepass"))
_register("application/x-protobuf", _to_json)
_register("text/plain", lambda value: value.encode(errors="replace") if isinstance(value, str) else _to_json(value))
