"""Reading a request's body: whole or not at all."""

import io
import zlib
from collections.abc import Callable, Iterator
from typing import IO

import zstandard
from flask import Flask, Response, request

from settings import settings
from webapp.http.memory_budget import reserve_bytes
from webapp.http.problems import Problem

# Bytes beyond the limit that are read and thrown away. A client that is answered while it still sends sees a
# connection reset instead of the answer; past this it has to live with that.
DRAIN_BYTES = 8 * settings.max_body_bytes
MAX_RATIO = 100
"""How much larger than on the wire a body may become. Logs shrink to a tenth or a fiftieth."""
FREE_BYTES = 1 << 20
"""Up to here the ratio is of no interest."""
READING_FACTOR = 2
"""What bytes take that are read: the pieces, and the whole that is made of them."""
RECORDS_FACTOR = 3
"""What a body takes besides while records are made of it, a message of them, and what is sent."""
_CHUNK_BYTES = 65_536
_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS
_ZSTANDARD_WINDOW_BYTES = 8 << 20  # RFC 9659


def read_body() -> bytes:
    """The whole body of the current request, decompressed.

    Werkzeug's own limit is not used: it cuts a chunked body at the limit and carries on as if that were all.

    Raises:
        Problem: 413 when the body is longer than `settings.max_body_bytes`, or than `settings.max_decoded_bytes` or
            MAX_RATIO times its size once it is decompressed; 415 when it is compressed in a way that we don't know; 400
            when it is empty, broke off, or is not what its Content-Encoding says.
    """
    encoding = request.headers.get("Content-Encoding", "").strip().lower() or "identity"
    decode = _DECODERS.get(encoding)
    if decode is None and encoding != "identity":
        raise Problem(
            415,
            "content_encoding_unsupported",
            "Send the body with Content-Encoding gzip, zstd or deflate, or without.",
        )
    limit = settings.max_body_bytes
    body = _read(limit + 1)
    if len(body) > limit:
        raise Problem(413, "body_too_large", f"The body may have {limit} bytes at most; send less at a time.")
    if request.content_length is not None and len(body) < request.content_length:
        raise Problem(400, "body_incomplete", "The body ended before its Content-Length; send it again.")
    if not body:
        raise Problem(400, "body_empty", "The body is empty; send the log in it.")
    decoded = body if decode is None else _decoded(body, decode)
    reserve_bytes(RECORDS_FACTOR * len(decoded))
    return decoded


def _read(limit: int) -> bytes:
    """At most `limit` bytes, counted as they come: many clients may send at once, and slowly."""
    chunks: list[bytes] = []
    left = limit
    while left > 0 and (chunk := _stream().read(min(left, _CHUNK_BYTES))):
        reserve_bytes(READING_FACTOR * len(chunk))
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _decoded(body: bytes, decode: Callable[[bytes], Iterator[bytes]]) -> bytes:
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
            400, "body_corrupt", "The body is not what its Content-Encoding says, or it broke off; send it again."
        ) from None
    if size > limit:
        raise Problem(
            413,
            "body_too_large",
            f"Decompressed, the body may have {settings.max_decoded_bytes} bytes at most, and {MAX_RATIO} times what it"
            " has on the wire; send less at a time.",
        )
    if not size:
        raise Problem(400, "body_empty", "The body is empty; send the log in it.")
    return b"".join(pieces)


def _inflate(body: bytes) -> Iterator[bytes]:
    """gzip, of several members too, and zlib; "deflate" is also sent without zlib's header."""
    headed = body[:2] == b"\x1f\x8b" or (body[0] & 0x0F == 8 and not _wrong_check(body))
    while body:
        decoder = zlib.decompressobj(_ZLIB_OR_GZIP if headed else -zlib.MAX_WBITS)
        while not decoder.eof:
            piece = decoder.decompress(body, _CHUNK_BYTES)
            if not piece and not decoder.eof:
                raise EOFError
            yield piece
            body = decoder.unconsumed_tail
        body = decoder.unused_data.lstrip(b"\0")  # RFC 1952: a member may be padded


def _wrong_check(body: bytes) -> bool:
    """RFC 1950: the first two bytes, as a number, are a multiple of 31."""
    return int.from_bytes(body[:2], "big") % 31 != 0


def _decompress_zstandard(body: bytes) -> Iterator[bytes]:
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTANDARD_WINDOW_BYTES)
    with decoder.stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
        while piece := reader.read(_CHUNK_BYTES):
            yield piece
    if not _is_complete(body):
        raise EOFError


def _is_complete(body: bytes) -> bool:
    """Whether the last frame ends where the body does: the reader says nothing about it."""
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
    """Drain what nobody read before the answer goes out, so that it arrives."""

    @app.after_request
    def drain(response: Response) -> Response:
        left = DRAIN_BYTES
        while left > 0 and (chunk := _stream().read(_CHUNK_BYTES)):
            left -= len(chunk)
        return response
