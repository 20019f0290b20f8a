"""An HTTP proxy in front of the embedded engine that makes one AWS service fail in a chosen way."""

import contextlib
import json
import select
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, get_args
from urllib.parse import parse_qs, urlsplit

from local.ports import free_port

Service = Literal["sqs", "sns", "dynamodb"]
SERVICES: tuple[Service, ...] = get_args(Service)

_SERVICE_OF_TARGET: dict[str, Service] = {"AmazonSQS": "sqs", "DynamoDB_20120810": "dynamodb"}
_ONE_HOP_HEADERS = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect"}
_UPSTREAM_SECONDS = 60
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class _Silence(Enum):
    """The faults that come without an answer."""

    REFUSE = "refuse"
    HANG = "hang"


@dataclass(frozen=True)
class _Status:
    """The fault that is an answer."""

    code: int
    aws_error_code: str


_Fault = _Silence | _Status


class FaultProxy:
    """Passes calls on to the engine byte for byte, except to the services that have a fault.

    A fault also meets the calls that wait for the engine at that moment, long polls above all, so a worker notices it
    at once. What the engine did for such a call is done: only the answer is lost, as it is when a network fails.

    Attributes:
        url: the endpoint for clients, on 127.0.0.1.
        calls: calls that arrived, by operation (`SendMessage`), those that met a fault included.
        delay_seconds: waited before each call is passed on.

    Args:
        upstream_url: the engine's, such as http://127.0.0.1:4566.
    """

    def __init__(self, upstream_url: str) -> None:
        upstream = urlsplit(upstream_url)
        assert upstream.hostname and upstream.port
        self.upstream = upstream.hostname, upstream.port
        self.calls: Counter[str] = Counter()
        self.delay_seconds = 0.0
        self._faults: dict[Service, _Fault] = {}
        self._lock = threading.Lock()
        self._clients: set[socket.socket] = set()
        self._waiting: dict[socket.socket, Service | None] = {}
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", free_port()), self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def refuse(self, *services: Service) -> None:
        """Reset every connection that calls one of `services` (none named: any of them).

        The listener serves all services, so it stays; for a refused connect, stop the engine instead.
        """
        self._set(services, _Silence.REFUSE)

    def hang(self, *services: Service) -> None:
        """Read the calls and never answer them, not even after `clear`."""
        self._set(services, _Silence.HANG)

    def status(self, code: int, aws_error_code: str, *services: Service) -> None:
        """Answer with an HTTP status and an AWS error code, such as 400 and ThrottlingException."""
        self._set(services, _Status(code, aws_error_code))

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self._faults.clear()

    def _set(self, services: Iterable[Service], fault: _Fault) -> None:
        with self._lock:
            hit = set(services or SERVICES)
            self._faults.update(dict.fromkeys(hit, fault))
            waiting = [upstream for upstream, service in self._waiting.items() if service in hit]
            for upstream in waiting:
                _shut(upstream)

    def fault_of(self, service: Service | None) -> _Fault | None:
        """What calls to `service` meet now; None is a call to no service, such as the engine's health check."""
        with self._lock:
            return self._faults.get(service) if service else None

    def count(self, operation: str) -> None:
        with self._lock:
            self.calls[operation] += 1

    def wait(self) -> None:
        """The delay of one call."""
        if self.delay_seconds:
            self._closing.wait(self.delay_seconds)

    def begin_waiting(self, upstream: socket.socket, service: Service | None) -> None:
        """From here on a new fault of `service` shuts `upstream`."""
        with self._lock:
            self._waiting[upstream] = service
            if service in self._faults:
                _shut(upstream)

    def end_waiting(self, upstream: socket.socket) -> None:
        with self._lock:
            self._waiting.pop(upstream, None)

    def opened(self, client: socket.socket) -> None:
        with self._lock:
            self._clients.add(client)
            if self._closing.is_set():
                _shut(client)

    def closed(self, client: socket.socket) -> None:
        with self._lock:
            self._clients.discard(client)

    def __enter__(self) -> "FaultProxy":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        with self._lock:
            for connection in (*self._clients, *self._waiting):
                _shut(connection)
        self._server.server_close()  # joins the connections' threads


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], proxy: FaultProxy) -> None:
        self.proxy = proxy
        super().__init__(address, _Connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what this is for: nothing to print."""


class _Connection(BaseHTTPRequestHandler):
    """One client's connection, and the one to the engine that belongs to it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._proxy = self.server.proxy
        self._upstream = HTTPConnection(*self._proxy.upstream, timeout=_UPSTREAM_SECONDS)
        self._proxy.opened(self.connection)

    def finish(self) -> None:
        self._proxy.closed(self.connection)
        self._upstream.close()
        super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        service, operation = self._call(body)
        self._proxy.count(operation)
        self._proxy.wait()
        answer = None if self._proxy.fault_of(service) else self._pass_on(body, service)
        fault = self._proxy.fault_of(service)
        if fault is _Silence.HANG:
            self._hang()
        elif isinstance(fault, _Status):
            self._fail(fault, service)
        elif fault is _Silence.REFUSE or answer is None:
            self._reset()
        else:
            self._answer(*answer)

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST  # noqa: N815 - http.server's names

    def _call(self, body: bytes) -> tuple[Service | None, str]:
        """Which service, which operation. SNS speaks AWS's query protocol, the others JSON."""
        if target := self.headers.get("X-Amz-Target"):
            name, _, operation = target.partition(".")
            return _SERVICE_OF_TARGET.get(name), operation
        if "/sns/aws4_request" in self.headers.get("Authorization", ""):
            return "sns", parse_qs(body.decode()).get("Action", ["?"])[0]
        return None, f"{self.command} {urlsplit(self.path).path}"

    def _pass_on(self, body: bytes, service: Service | None) -> tuple[HTTPResponse, bytes] | None:
        """The engine's answer, or None when it gave none or a fault came in between."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _ONE_HOP_HEADERS}
        upstream: socket.socket | None = None
        try:
            upstream = self._connected()
            self._proxy.begin_waiting(upstream, service)
            self._upstream.request(self.command, self.path, body, headers)
            response = self._upstream.getresponse()
            return response, response.read()
        except (OSError, HTTPException):
            self._upstream.close()
            return None
        finally:
            if upstream is not None:
                self._proxy.end_waiting(upstream)

    def _connected(self) -> socket.socket:
        # The engine closes a connection that was idle for seconds; that makes it readable.
        if self._upstream.sock is not None and select.select([self._upstream.sock], [], [], 0)[0]:
            self._upstream.close()
        if self._upstream.sock is None:
            self._upstream.connect()
        connected: socket.socket = self._upstream.sock
        return connected

    def _answer(self, response: HTTPResponse, body: bytes) -> None:
        headers = [(name, value) for name, value in response.getheaders() if name.lower() not in _ONE_HOP_HEADERS]
        self._send(response.status, response.reason, headers, body)

    def _fail(self, fault: _Status, service: Service | None) -> None:
        code = fault.aws_error_code
        if service == "sns":
            body = f"<ErrorResponse><Error><Code>{code}</Code><Message>fault</Message></Error></ErrorResponse>".encode()
            headers = [("Content-Type", "text/xml")]
        else:
            body = json.dumps({"__type": f"com.amazonaws#{code}", "message": "fault"}).encode()
            headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-query-error", f"{code};Sender")]
        self._send(fault.code, "Fault", headers, body)

    def _send(self, status: int, reason: str, headers: list[tuple[str, str]], body: bytes) -> None:
        lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers)]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1")
        self.wfile.write(head + (b"" if self.command == "HEAD" else body))

    def _hang(self) -> None:
        self.close_connection = True
        self.rfile.read(1)  # the client gives up, or the proxy closes

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: `calls` is what tests look at."""


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was faster
        connection.shutdown(socket.SHUT_RDWR)
