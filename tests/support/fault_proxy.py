"""HTTP proxy before the embedded engine that makes AWS calls fail."""

import contextlib
import select
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.ports import free_port
from tests.support.faults import (
    SERVICES,
    Answer,
    FailingEntries,
    FailingStatements,
    LostAnswers,
    Service,
    Silence,
    Status,
    ThrottledCalls,
    UnprocessedWrites,
)

_SERVICE_OF_TARGET: dict[str, Service] = {"AmazonSQS": "sqs", "DynamoDB_20120810": "dynamodb", "TrentService": "kms"}
_ONE_HOP_HEADERS = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect"}
_UPSTREAM_SECONDS = 60
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

Address = tuple[str, int]
Targets = tuple[str, str]
"""Names by which a fault may target a call: the operation, and the service, which may be empty."""

Failing = FailingEntries | FailingStatements | ThrottledCalls | UnprocessedWrites

_EXPIRED_KEY = Status(403, "ExpiredTokenException")


class FaultProxy:
    """Proxy that passes calls on unchanged, unless a fault hits them.

    A fault also hits the calls that wait for the engine at that moment, long polls above all, so a worker notices it
    at once. The engine has done such a call: only the answer is lost, as it is when a network fails.

    The targets of a fault are services ("sqs") or single operations ("DeleteMessageBatch"); by default all services.

    Attributes:
        url: the endpoint for clients.
        calls: calls that arrived, by operation (`SendMessage`), including those that a fault hit.
        delay_seconds: waited before each call is passed on.

    Args:
        upstream_url: the engine's, such as http://127.0.0.1:4566.
        host: where the proxy listens. Sluice uses a fixed key with 127.0.0.1, and boto3's own credentials otherwise.
        takes_key: returns whether AWS takes an access key id with a session token; otherwise the call gets a 403.
        elsewhere: URLs of other engines, by the service that they serve instead.
    """

    def __init__(
        self,
        upstream_url: str,
        host: str = "127.0.0.1",
        takes_key: Callable[[str, str], bool] = lambda *_key: True,
        elsewhere: Mapping[Service, str] | None = None,
    ) -> None:
        self._upstream = _address(upstream_url)
        self._elsewhere: dict[str, Address] = {service: _address(url) for service, url in (elsewhere or {}).items()}
        self.calls: Counter[str] = Counter()
        self.delay_seconds = 0.0
        self._faults: dict[str, Silence | Status] = {}
        self._failing_entries: dict[str, Failing] = {}
        self._lost_answers: dict[str, LostAnswers] = {}
        self._lock = threading.Lock()
        self._clients: set[socket.socket] = set()
        self._waiting: dict[socket.socket, Targets] = {}
        self._closing = threading.Event()
        self.takes_key = takes_key
        self._server = _Server((host, free_port()), self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self.url = f"http://{host}:{self._server.server_port}"

    def refuse(self, *targets: str) -> None:
        """Reset every connection that calls one of `targets`.

        The listener serves all services, so it stays; for a refused connect, stop the engine instead.
        """
        self._set(targets, Silence.REFUSE)

    def hang(self, *targets: str) -> None:
        """Read the calls and never answer them, not even after `clear`."""
        self._set(targets, Silence.HANG)

    def status(self, code: int, aws_error_code: str, *targets: str) -> None:
        """Answer with an HTTP status and an AWS error code (400, ThrottlingException)."""
        self._set(targets, Status(code, aws_error_code))

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self._faults.clear()
            self._failing_entries.clear()
            self._lost_answers.clear()

    def fail_entries(self, *operations: str, every: int = 2) -> None:
        """Fail every nth entry of batches, with `SenderFault` false.

        The engine does not get these entries.

        Args:
            operations: such as SendMessageBatch and DeleteMessageBatch.
            every: n, counted over all calls of an operation; with 1 all entries fail.
        """
        with self._lock:
            self._failing_entries.update((operation, FailingEntries(every)) for operation in operations)

    def fail_statements(self, share: float, seed: int, tenant: str = "") -> None:
        """Throttle a share of BatchExecuteStatement's statements.

        The engine does not get these statements.

        Args:
            share: 0 to 1.
            seed: of the random choice.
            tenant: that the statements write to; empty for all.
        """
        with self._lock:
            self._failing_entries["BatchExecuteStatement"] = FailingStatements(share, seed, tenant)

    def throttle_calls_for(self, tenant: str) -> None:
        """Throttle each whole BatchExecuteStatement that writes to `tenant`."""
        with self._lock:
            self._failing_entries["BatchExecuteStatement"] = ThrottledCalls(tenant)

    def leave_writes(self, every: int, after: int = 0) -> None:
        """Leave every nth write of BatchWriteItem unprocessed, after the first `after`.

        The engine does not get these writes.
        """
        with self._lock:
            self._failing_entries["BatchWriteItem"] = UnprocessedWrites(every, after)

    def lose_answers(self, share: float, seed: int, *targets: str) -> None:
        """Reset the connection after a share of the calls of `targets`.

        The engine has done these calls by then.
        """
        with self._lock:
            self._lost_answers.update((target, LostAnswers(share, seed)) for target in targets or SERVICES)

    def loses_answer(self, call: Targets) -> bool:
        """Return whether the answer to this call is lost."""
        with self._lock:
            losing = next((self._lost_answers[target] for target in call if target in self._lost_answers), None)
        return losing is not None and losing.loses_next()

    def _set(self, targets: Iterable[str], fault: Silence | Status) -> None:
        with self._lock:
            hit = set(targets or SERVICES)
            self._faults.update(dict.fromkeys(hit, fault))
            waiting = [upstream for upstream, call in self._waiting.items() if hit.intersection(call)]
            for upstream in waiting:
                _shut(upstream)

    def get_upstream(self, call: Targets) -> Address:
        """Return the address that a call is passed on to."""
        return self._elsewhere.get(call[1], self._upstream)

    def get_fault(self, call: Targets) -> Silence | Status | None:
        """Return the fault that hits a call now."""
        with self._lock:
            return next((self._faults[target] for target in call if target in self._faults), None)

    def get_failing(self, operation: str) -> Failing | None:
        with self._lock:
            return self._failing_entries.get(operation)

    def count(self, operation: str) -> None:
        with self._lock:
            self.calls[operation] += 1

    def record_call(self, call: Targets, asked: bytes, answer: Answer | None) -> None:
        """Record a call that was passed on, and its answer; for subclasses."""

    def wait(self) -> None:
        """Wait for the delay of one call."""
        if self.delay_seconds:
            self._closing.wait(self.delay_seconds)

    def begin_waiting(self, upstream: socket.socket, call: Targets) -> None:
        """Let a new fault of the call shut `upstream` from now on."""
        with self._lock:
            self._waiting[upstream] = call
            if not self._faults.keys().isdisjoint(call):
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
        """Print nothing: clients that hang up are expected."""


class _Connection(BaseHTTPRequestHandler):
    """Connection of one client, with its own connection to the engine."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._proxy = self.server.proxy
        self._upstream = HTTPConnection("")
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
        if service and not self._proxy.takes_key(*self._key()):
            self._send(_EXPIRED_KEY.answer(service))
            return
        call = (operation, service or "")
        answer = None if self._proxy.get_fault(call) else self._ask(body, call)
        self._proxy.record_call(call, body, answer)
        fault = self._proxy.get_fault(call)
        if fault is Silence.HANG:
            self._hang()
        elif isinstance(fault, Status):
            self._send(fault.answer(service))
        elif fault is Silence.REFUSE or answer is None or self._proxy.loses_answer(call):
            self._reset()
        else:
            self._send(answer)

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST  # noqa: N815 - http.server's names

    def _key(self) -> tuple[str, str]:
        """Return the call's access key id and session token, or empty strings."""
        _, _, credential = self.headers.get("Authorization", "").partition("Credential=")
        return credential.partition("/")[0], self.headers.get("X-Amz-Security-Token", "")

    def _call(self, body: bytes) -> tuple[Service | None, str]:
        """Return the service and the operation of a call.

        SNS speaks AWS's query protocol, the other services JSON.
        """
        if target := self.headers.get("X-Amz-Target"):
            name, _, operation = target.partition(".")
            return _SERVICE_OF_TARGET.get(name), operation
        if "/sns/aws4_request" in self.headers.get("Authorization", ""):
            return "sns", parse_qs(body.decode()).get("Action", ["?"])[0]
        return None, f"{self.command} {urlsplit(self.path).path}"

    def _ask(self, body: bytes, call: Targets) -> Answer | None:
        """Return the engine's answer, changed if entries of the batch fail."""
        operation, _ = call
        if (failing := self._proxy.get_failing(operation)) is None:
            return self._pass_on(body, call)
        others, failed = failing.split_call(body)
        answer = self._pass_on(others, call) if others else None
        unanswered = others is not None and (answer is None or answer.status != 200)
        return answer if unanswered else failing.report(answer, failed)

    def _pass_on(self, body: bytes, call: Targets) -> Answer | None:
        """Return the engine's answer, or None if there is none.

        A fault that begins while the engine works also ends in None.
        """
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _ONE_HOP_HEADERS}
        upstream: socket.socket | None = None
        try:
            upstream = self._connected(self._proxy.get_upstream(call))
            self._proxy.begin_waiting(upstream, call)
            self._upstream.request(self.command, self.path, body, headers)
            response = self._upstream.getresponse()
            kept = [(name, value) for name, value in response.getheaders() if name.lower() not in _ONE_HOP_HEADERS]
            return Answer(response.status, response.reason, kept, response.read())
        except (OSError, HTTPException):
            self._upstream.close()
            return None
        finally:
            if upstream is not None:
                self._proxy.end_waiting(upstream)

    def _connected(self, address: Address) -> socket.socket:
        if (self._upstream.host, self._upstream.port) != address:
            self._upstream.close()
            self._upstream = HTTPConnection(*address, timeout=_UPSTREAM_SECONDS)
        # The engine closes a connection that was idle for seconds; that makes it readable.
        if self._upstream.sock is not None and select.select([self._upstream.sock], [], [], 0)[0]:
            self._upstream.close()
        if self._upstream.sock is None:
            self._upstream.connect()
        connected: socket.socket = self._upstream.sock
        return connected

    def _send(self, answer: Answer) -> None:
        lines = [
            f"HTTP/1.1 {answer.status} {answer.reason}",
            *(f"{name}: {value}" for name, value in answer.headers),
            f"Content-Length: {len(answer.body)}",
        ]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self.wfile.write(head + (b"" if self.command == "HEAD" else answer.body))

    def _hang(self) -> None:
        self.close_connection = True
        self.rfile.read(1)  # the client gives up, or the proxy closes

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: tests look at `calls`."""


def _address(url: str) -> Address:
    parts = urlsplit(url)
    assert parts.hostname and parts.port
    return parts.hostname, parts.port


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was faster
        connection.shutdown(socket.SHUT_RDWR)
