"""Reading of a request's body: complete or not at all."""

import io
import zlib
from collections.abc import Callable, Iterator
from typing import IO

import zstandard
from flask import Flask, Response, request

from settings import settings
from webapp.http.memory_budget import reserve_bytes
from webapp.http.problems import Problem

# Bytes beyond the limit that are read and discarded. A client that is answered while it still sends sees a connection
# reset instead of the answer; beyond this many bytes that can't be helped.
DRAIN_BYTES = 8 * settings.max_body_bytes
MAX_RATIO = 100
"""Ratio of a decompressed body to its size on the wire. Logs shrink to a tenth or a fiftieth."""
FREE_BYTES = 1 << 20
"""Decompressed size up to which the ratio is not checked."""
READING_FACTOR = 2
"""Memory for a byte that is read: once in its piece, once in the joined body."""
RECORDS_FACTOR = 3
"""Further memory for a byte of a body: in records, in a message, and in the call of SQS."""
_CHUNK_BYTES = 65_536
_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS
_ZSTANDARD_WINDOW_BYTES = 8 << 20  # RFC 9659


def read_body() -> bytes:
    """Return the whole body of the current request, decompressed.

    Werkzeug's own limit is not used: it cuts a chunked body at the limit and carries on as if that were all.

    Raises:
        Problem: 413 if the body is longer than `settings.max_body_bytes`, or, once decompressed, than
            `settings.max_decoded_bytes` or MAX_RATIO times its size; 415 if its compression is not supported; 400 if it
            is empty or incomplete, or does not match its Content-Encoding; 503 if it does not fit into memory now.
    """
    encoding = request.headers.get("Content-Encoding", "").strip().lower() or "identity"
    decode = _DECODERS.get(encoding)
    if decode is None and encoding != "identity":
        raise Problem(
            415,
            "content_encoding_unsupported",
            "Unsupported Content-Encoding; send the body with gzip, zstd or deflate, or uncompressed.",
        )
    limit = settings.max_body_bytes
    body = _read(limit + 1)
    if len(body) > limit:
        raise Problem(413, "body_too_large", f"The body may have at most {limit} bytes; send less at a time.")
    if request.content_length is not None and len(body) < request.content_length:
        raise Problem(400, "body_incomplete", "The body ended before its Content-Length; send it again.")
    if not body:
        raise Problem(400, "body_empty", "The body is empty; send the logs in it.")
    decoded = body if decode is None else _decompress(body, decode)
    reserve_bytes(RECORDS_FACTOR * len(decoded))
    return decoded


def _read(limit: int) -> bytes:
    """Return at most `limit` bytes.

    Each piece is counted as it comes, and not by Content-Length: many clients may send at once, and slowly.
    """
    chunks: list[bytes] = []
    left = limit
    while left > 0 and (chunk := _stream().read(min(left, _CHUNK_BYTES))):
        reserve_bytes(READING_FACTOR * len(chunk))
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _decompress(body: bytes, decode: Callable[[bytes], Iterator[bytes]]) -> bytes:
    limit = min(settings.max_decoded_bytes, max(FREE_BYTES, MAX_RATIO * len(body)))
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in decode(body):
            reserve_bytes(READING_FACTOR * len(piece))
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                break
    except (zlib.error, zstandard.ZstdError, EOFError):
        raise Problem(
            400, "body_corrupt", "The body does not match its Content-Encoding, or is incomplete; send it again."
        ) from None
    if size > limit:
        raise Problem(
            413,
            "body_too_large",
            f"Decompressed, the body may have at most {settings.max_decoded_bytes} bytes, and at most {MAX_RATIO} times"
            " its compressed size; send less at a time.",
        )
    if not size:
        raise Problem(400, "body_empty", "The body is empty; send the logs in it.")
    return b"".join(pieces)


def _inflate(body: bytes) -> Iterator[bytes]:
    """Decompress gzip, also of several members, and zlib, also without its header.

    RFC 9110 defines "deflate" as zlib with its header; clients send it without one, too.
    """
    has_header = body[:2] == b"\x1f\x8b" or (body[0] & 0x0F == 8 and _has_zlib_checksum(body))
    while body:
        decoder = zlib.decompressobj(_ZLIB_OR_GZIP if has_header else -zlib.MAX_WBITS)
        while not decoder.eof:
            piece = decoder.decompress(body, _CHUNK_BYTES)
            if not piece and not decoder.eof:
                raise EOFError
            yield piece
            body = decoder.unconsumed_tail
        body = decoder.unused_data.lstrip(b"\0")  # RFC 1952: a member may be padded


def _has_zlib_checksum(body: bytes) -> bool:
    """Return whether the body begins with a valid zlib header.

    RFC 1950: the first two bytes, as a number, are a multiple of 31.
    """
    return int.from_bytes(body[:2], "big") % 31 == 0


def _decompress_zstandard(body: bytes) -> Iterator[bytes]:
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTANDARD_WINDOW_BYTES)
    with decoder.stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
        while piece := reader.read(_CHUNK_BYTES):
            yield piece
    if not _is_complete(body):
        raise EOFError


def _is_complete(body: bytes) -> bool:
    """Return whether the last frame ends with the body.

    The stream reader does not check that.
    """
    while body:
        decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTANDARD_WINDOW_BYTES).decompressobj()
        decoder.decompress(body)
        if not decoder.eof:
            return False
        body = decoder.unused_data
    return True


_DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _inflate,
    "x-gzip": _inflate,
    "deflate": _inflate,
    "zstd": _decompress_zstandard,
}


def _stream() -> IO[bytes]:
    stream: IO[bytes] = request.environ["wsgi.input"]
    return stream


def init_app(app: Flask) -> None:
    """Discard the rest of each body before its response goes out."""

    @app.after_request
    def drain(response: Response) -> Response:
        left = DRAIN_BYTES
        while left > 0 and (chunk := _stream().read(_CHUNK_BYTES)):
            left -= len(chunk)
        return response
