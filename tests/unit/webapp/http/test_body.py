"""Bodies are read whole or not at all."""

import gzip
import io
import zlib
from collections.abc import Callable

import pytest
import zstandard
from flask import Flask

from settings import settings
from webapp import create_app
from webapp.http.body import FREE_BYTES, MAX_RATIO, read_body
from webapp.http.problems import Problem

BODY = b'{"text": "a log"}'


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app()


def read(app: Flask, body: bytes, encoding: str = "", length: int | None = None) -> bytes:
    headers = {"Content-Encoding": encoding} if encoding else {}
    environ = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body) if length is None else length)}
    with app.test_request_context("/ingest", method="POST", headers=headers, environ_overrides=environ):
        return read_body()


def refuse(app: Flask, body: bytes, encoding: str = "", length: int | None = None) -> tuple[int, str]:
    with pytest.raises(Problem) as error:
        read(app, body, encoding, length)
    return error.value.status, error.value.code


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def zstandard_stream(body: bytes) -> bytes:
    """Compress without the size in the frame's header."""
    return zstandard.ZstdCompressor(write_content_size=False).compress(body)


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("", bytes),
        ("identity", bytes),
        ("gzip", gzip.compress),
        ("GZIP ", gzip.compress),
        ("x-gzip", gzip.compress),
        pytest.param("gzip", lambda body: gzip.compress(body[:5]) + gzip.compress(body[5:]), id="two gzip members"),
        pytest.param("gzip", lambda body: gzip.compress(body) + b"\0" * 512, id="padded gzip"),
        pytest.param("deflate", zlib.compress, id="zlib"),
        pytest.param("deflate", raw_deflate, id="deflate without zlib's header"),
        ("zstd", zstandard.compress),
        pytest.param("zstd", zstandard_stream, id="zstd without a size"),
        pytest.param("zstd", lambda body: zstandard.compress(body[:5]) + zstandard.compress(body[5:]), id="two frames"),
    ],
)
def test_a_body_is_decompressed(app: Flask, encoding: str, compress: Callable[[bytes], bytes]) -> None:
    assert read(app, compress(BODY), encoding) == BODY


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        pytest.param(gzip.compress(BODY)[:-9], "gzip", id="gzip that breaks off"),
        pytest.param(gzip.compress(BODY)[:10], "gzip", id="the header of gzip alone"),
        pytest.param(gzip.compress(BODY)[:-8] + b"\0" * 8, "gzip", id="a wrong checksum"),
        pytest.param(gzip.compress(BODY) + b"more", "gzip", id="garbage after gzip"),
        pytest.param(zlib.compress(BODY)[:-4], "deflate", id="zlib that breaks off"),
        pytest.param(zstandard.compress(BODY)[:-3], "zstd", id="zstd that breaks off"),
        pytest.param(zstandard.compress(BODY) + zstandard.compress(BODY)[:-3], "zstd", id="a second frame breaks off"),
        pytest.param(BODY, "gzip", id="not compressed, called gzip"),
        pytest.param(BODY, "zstd", id="not compressed, called zstd"),
        pytest.param(gzip.compress(BODY), "zstd", id="gzip called zstd"),
    ],
)
def test_a_damaged_body_is_refused(app: Flask, body: bytes, encoding: str) -> None:
    assert refuse(app, body, encoding) == (400, "body_corrupt")


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"", ""), (b"", "gzip"), (gzip.compress(b"", mtime=0), "gzip"), (zstandard.compress(b""), "zstd")],
)
def test_an_empty_body_is_refused(app: Flask, body: bytes, encoding: str) -> None:
    assert refuse(app, body, encoding) == (400, "body_empty")


@pytest.mark.parametrize("encoding", ["br", "compress", "gzip, gzip", "utf-8"])
def test_another_compression_is_refused(app: Flask, encoding: str) -> None:
    assert refuse(app, BODY, encoding) == (415, "content_encoding_unsupported")


def test_the_largest_body_is_read_and_one_byte_more_is_refused(app: Flask) -> None:
    assert len(read(app, b"x" * settings.max_body_bytes)) == settings.max_body_bytes
    assert refuse(app, b"x" * (settings.max_body_bytes + 1)) == (413, "body_too_large")


def test_a_body_shorter_than_announced_is_refused(app: Flask) -> None:
    assert refuse(app, BODY, length=len(BODY) + 1) == (400, "body_incomplete")


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("zstd", zstandard.compress)]
)
def test_a_body_that_grows_too_much_is_refused(app: Flask, encoding: str, compress: Callable[[bytes], bytes]) -> None:
    assert len(read(app, compress(b" " * FREE_BYTES), encoding)) == FREE_BYTES
    assert len(compress(b" " * 2 * FREE_BYTES)) * MAX_RATIO < 2 * FREE_BYTES
    assert refuse(app, compress(b" " * 2 * FREE_BYTES), encoding) == (413, "body_too_large")
    assert refuse(app, compress(b" " * (settings.max_decoded_bytes + 1)), encoding) == (413, "body_too_large")
