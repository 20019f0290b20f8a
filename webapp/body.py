"""Reading a request's body: whole or not at all."""

from typing import IO

from flask import Flask, Response, request

from topology import MAX_BODY_BYTES
from webapp.problems import Problem

# Bytes beyond the limit that are read and thrown away. A client that is answered while it still sends sees a
# connection reset instead of the answer; past this it has to live with that.
DRAIN_BYTES = 8 * MAX_BODY_BYTES
_CHUNK_BYTES = 65_536


def read_body(limit: int) -> bytes:
    """The whole body of the current request.

    Werkzeug's own limit is not used: it cuts a chunked body at the limit and carries on as if that were all.

    Args:
        limit: in bytes.
    Raises:
        Problem: 413 when the body is longer; 415 when it is compressed; 400 when it is empty or broke off.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise Problem(415, "content_encoding_unsupported", "Send the body without Content-Encoding.")
    body = _stream().read(limit + 1)
    if len(body) > limit:
        raise Problem(413, "body_too_large", f"The body may have {limit} bytes at most; send less at a time.")
    if request.content_length is not None and len(body) < request.content_length:
        raise Problem(400, "body_incomplete", "The body ended before its Content-Length; send it again.")
    if not body:
        raise Problem(400, "body_empty", "The body is empty; send the log in it.")
    return body


def _stream() -> IO[bytes]:
    stream: IO[bytes] = request.environ["wsgi.input"]
    return stream


def init_app(app: Flask) -> None:
    """Drain what nobody read before the answer goes out, so that it arrives."""

    @app.after_request
    def drain(response: Response) -> Response:
        left = DRAIN_BYTES
        while left > 0 and (chunk := _stream().read(_CHUNK_BYTES)):
            left -= len(chunk)
        return response
