"""Bad requests to the real web process.

tests/unit/webapp/ingest has the others.
"""

import gzip
import json
import socket

import pytest

from tests.support.processes import Processes

JSON = {"content_type": "application/json"}
TEXT = {"content_type": "text/plain", "x_tenant_id": "tenant-1"}


def log(**fields: object) -> bytes:
    return json.dumps({"tenant_id": "tenant-1", "text": "QUOKKA"} | fields).encode()


BAD_REQUESTS = {
    "broken JSON": (b'{"tenant_id": "tenant-1", "text": "QUOKKA', JSON, 400, "json_invalid"),
    "20 MB": (b"q" * 20_000_000, TEXT, 413, "body_too_large"),
    "missing text": (b'{"tenant_id": "tenant-1"}', JSON, 422, "text_missing"),
    "invalid UTF-8 in text": (b"QUOKKA \xff", TEXT, 400, "utf8_invalid"),
    "a bomb": (gzip.compress(b" " * 30_000_000), JSON | {"content_encoding": "gzip"}, 413, "body_too_large"),
    "compressed and broken off": (gzip.compress(log())[:-9], JSON | {"content_encoding": "gzip"}, 400, "body_corrupt"),
}


@pytest.mark.parametrize(("body", "headers", "status", "code"), BAD_REQUESTS.values(), ids=BAD_REQUESTS.keys())
def test_a_bad_request_gets_a_problem_that_explains_the_fix(
    web: Processes, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = web.post(body, **headers)

    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status, problem["code"]) == (status, code)
    members = {"accepted", "rejected", "log_ids", "errors"} if "errors" in problem else set()
    assert problem.keys() == {"type", "title", "status", "detail", "code", "request_id"} | members
    assert problem["status"] == status
    assert len(problem["detail"]) > 20
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert "QUOKKA" not in answer.data.decode()
    assert "QUOKKA" not in web.log("web")


def raw(web: Processes, request: bytes, *, close: bool = False) -> bytes:
    with socket.create_connection(("127.0.0.1", web.web_port), timeout=20) as connection:
        connection.sendall(request)
        if close:
            connection.shutdown(socket.SHUT_WR)
        return connection.recv(65_536)


HEAD = b"POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nx-tenant-id: tenant-1\r\n"


def test_a_chunked_body_is_accepted(web: Processes) -> None:
    answer = raw(web, HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nRaw\r\n5\r\n text\r\n0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 202")


def test_a_chunked_body_over_the_limit_gets_413(web: Processes) -> None:
    chunk = b"8000\r\n" + b"q" * 0x8000 + b"\r\n"

    answer = raw(web, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 161 + b"0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 413")


def test_an_incomplete_body_is_not_accepted(web: Processes) -> None:
    answer = raw(web, HEAD + b"Content-Length: 100\r\n\r\nRaw log te", close=True)

    assert b" 202 " not in answer


def test_the_clients_request_id_comes_back(web: Processes) -> None:
    answer = web.post(log(), **JSON, x_request_id="from-the-client-1")

    assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == "from-the-client-1"


def test_an_invalid_request_id_is_replaced(web: Processes) -> None:
    answer = web.post(log(), **JSON, x_request_id="QUOKKA {}")

    assert "QUOKKA" not in answer.headers["X-Request-Id"]
