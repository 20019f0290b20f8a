"""Hostile clients neither stop the web process nor make it large."""

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import pytest
import zstandard

from settings import settings
from tests.support.failure_queue import purge
from tests.support.processes import Processes

JSON = {"content_type": "application/json", "x_tenant_id": "tenant-1"}
MAX_MEMORY_BYTES = 512 << 20
HEAD = b"POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nx-tenant-id: tenant-1\r\n"
CHUNK = b"10000\r\n" + b" " * 0x10000 + b"\r\n"


class Watch(threading.Thread):
    """Thread that records the peak memory of a process and its children."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.most_bytes = 0
        self._process = psutil.Process(pid)
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.05):
            with suppress(psutil.NoSuchProcess):  # a process of the tree has just ended
                tree = [self._process, *self._process.children(recursive=True)]
                self.most_bytes = max(self.most_bytes, sum(process.memory_info().rss for process in tree))

    def stop(self) -> int:
        self._done.set()
        self.join()
        return self.most_bytes


@pytest.fixture
def web(processes: Processes) -> Iterator[Processes]:
    """Start web; afterwards check that it still answers and has stayed small.

    The queue, which then holds hundreds of megabytes of logs, is purged.
    """
    processes.start("web")
    watch = Watch(processes.pid("web"))
    watch.start()
    yield processes
    most_bytes = watch.stop()
    assert processes.is_running("web")
    assert processes.post(b'{"text": "x"}', **JSON).status == 202
    assert most_bytes < MAX_MEMORY_BYTES
    purge()


def connect(web: Processes) -> socket.socket:
    return socket.create_connection(("127.0.0.1", web.web_port), timeout=60)


# Tests make the large bodies: every process of pytest-xdist imports this module.
BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(b" " * 200_000_000),
    "gzip in the limits": lambda: gzip.compress(b'{"text": "' + b"x" * 18_000_000 + b'"}', 1),
    "zstd": lambda: zstandard.compress(b" " * 200_000_000),
    "deflate": lambda: gzip.compress(b"[" * 100_000_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_decompression_bomb_is_refused(web: Processes, name: str) -> None:
    bomb = BOMBS[name]()

    def throw(_number: int) -> int:
        return web.post(bomb, **JSON, content_encoding=name.split()[0]).status

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(throw, range(64))) <= {400, 413, 422, 503}


def gzip_near_ratio_limit(body: bytes) -> bytes:
    """Compress a body to nearly the highest ratio that web accepts.

    Part of the body is not compressed: a smaller request would be refused for its ratio.
    """
    plain = len(body) // 90
    return gzip.compress(body[:plain], 0) + gzip.compress(body[plain:], 1)


MANY: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "lines": (lambda: b"0\n" * 10_000_000, "/ingest", "application/x-ndjson"),
    "lines of text": (lambda: b"a\n" * 10_000_000, "/ingest?split=lines", "text/plain"),
    "an array of numbers": (lambda: b"[" + b"0," * 9_900_000 + b"0]", "/ingest", "application/json"),
    "numbers in logs": (lambda: b'{"logs":[' + b"0," * 9_900_000 + b"0]}", "/ingest", "application/json"),
    "fields of one record": (lambda: b'{"text":"x"' + b',"a":1' * 3_000_000 + b"}", "/ingest", "application/json"),
    "arrays in records": (lambda: b'{"text":"x","a":[' + b"[]," * 650_000 + b"[]]}", "/ingest", "application/json"),
    "MessagePack numbers": (lambda: b"\x01" * 20_000_000, "/ingest", "application/msgpack"),
    "MessagePack maps": (lambda: b"\x80" * 20_000_000, "/ingest", "application/msgpack"),
    "a MessagePack array": (
        lambda: b"\xdd" + (19_000_000).to_bytes(4) + b"\x80" * 19_000_000,
        "/ingest",
        "application/msgpack",
    ),
    "Datadog's array of numbers": (lambda: b"[" + b"0," * 9_900_000 + b"0]", "/api/v2/logs", "application/json"),
    "Axiom's array of numbers": (lambda: b"[" + b"0," * 9_900_000 + b"0]", "/v1/datasets/x/ingest", "application/json"),
}


@pytest.mark.parametrize("name", MANY)
def test_a_small_body_that_expands_to_many_records_is_refused(web: Processes, name: str) -> None:
    make_body, path, content_type = MANY[name]
    headers = {"content_type": content_type, "content_encoding": "gzip", "x_tenant_id": "tenant-1"}
    sent = gzip_near_ratio_limit(make_body())

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _: web.post(sent, path, **headers).status, range(4)))

    assert set(statuses) <= {413, 422, 503}


def test_web_survives_32_clients_that_send_the_most_records(web: Processes) -> None:
    body = b'{"text":"x"}\n' * settings.max_records

    def send(number: int) -> int:
        return web.post(body, content_type="application/x-ndjson", x_tenant_id=f"tenant-{number % 8}-many").status

    with ThreadPoolExecutor(32) as pool:
        statuses = list(pool.map(send, range(32)))

    assert set(statuses) <= {202, 429, 503}
    assert 202 in statuses


def test_a_gibibyte_in_chunks_is_refused(web: Processes) -> None:
    with connect(web) as stream:
        stream.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range((1 << 30) // 0x10000):
                stream.sendall(CHUNK)
        except OSError:  # web may close the connection before the end
            return
        assert stream.recv(100).startswith(b"HTTP/1.1 413")


def test_deeply_nested_json_is_refused(web: Processes) -> None:
    for body in (b"[" * 100_000, b'{"a":' * 100_000, b'{"text":"x","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"):
        assert web.post(body, **JSON).status in (400, 422)


def test_slow_clients_leave_room_for_others(web: Processes) -> None:
    slow = [connect(web) for _ in range(150)]
    for number, stream in enumerate(slow):
        # Half of them stop in the head, half in the body.
        stream.sendall(HEAD if number % 2 else HEAD + b'Content-Length: 1000\r\n\r\n{"te')

    def send(number: int) -> int:
        return web.post(json.dumps({"text": f"{number}"}), **JSON).status

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(send, range(64))) == {202}
    for stream in slow:
        stream.close()


def test_web_survives_200_clients_that_send_the_most_bytes(web: Processes) -> None:
    record = {"text": "x" * 100_000}
    body = json.dumps([record] * 45).encode()

    def send(_number: int) -> int:
        return web.post(body, **JSON).status

    with ThreadPoolExecutor(200) as pool:
        statuses = list(pool.map(send, range(200)))

    assert set(statuses) <= {202, 503}
    assert 202 in statuses
