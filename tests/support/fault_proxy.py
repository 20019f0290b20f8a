"""An HTTP proxy in front of the embedded engine that makes one AWS service fail in a chosen way."""

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
"""The two names under which a call may meet a fault: its operation, and its service, which may be empty."""

Failing = FailingEntries | FailingStatements | ThrottledCalls | UnprocessedWrites

_EXPIRED_KEY = Status(403, "ExpiredTokenException")


class FaultProxy:
    """Passes calls on to the engine byte for byte, except those that meet a fault.

    A fault also meets the calls that wait for the engine at that moment, long polls above all, so a worker notices it
    at once. What the engine did for such a call is done: only the answer is lost, as it is when a network fails.

    The targets of a fault are services ("sqs") or single operations ("DeleteMessageBatch"); none named: all services.

    Attributes:
        url: the endpoint for clients.
        calls: calls that arrived, by operation (`SendMessage`), those that met a fault included.
        delay_seconds: waited before each call is passed on.

    Args:
        upstream_url: the engine's, such as http://127.0.0.1:4566.
        host: where the proxy listens. Sluice uses a fixed key with 127.0.0.1, and boto3's own credentials with others.
        takes_key: whether AWS takes an access key id with a session token; a call with another one gets a 403.
        elsewhere: URLs of other engines, by the service that they have instead.
    """

    def __init__(
        self,
        upstream_url: str,
        host: str = "127.0.0.1",
        takes_key: Callable[[str, str], bool] = lambda *_key: True,
        elsewhere: Mapping[Service, str] | None = None,
    ) -> None:
        self._upstream = _address(upstream_url)
        self._elsewhere: dict[str, Address] = {its: _address(url) for its, url in (elsewhere or {}).items()}
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
        """Answer with an HTTP status and an AWS error code, such as 400 and ThrottlingException."""
        self._set(targets, Status(code, aws_error_code))

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self._faults.clear()
            self._failing_entries.clear()
            self._lost_answers.clear()

    def fail_entries(self, *operations: str, every: int = 2) -> None:
        """Of batches, do not pass on every nth entry, and report it as failed through no fault of the sender's.

        Args:
            operations: such as SendMessageBatch and DeleteMessageBatch.
            every: n, counted over all calls of an operation; with 1 all entries fail.
        """
        with self._lock:
            self._failing_entries.update((operation, FailingEntries(every)) for operation in operations)

    def fail_statements(self, share: float, seed: int, tenant: str = "") -> None:
        """Of BatchExecuteStatement, do not pass on a share of the statements, and report it as throttled.

        Args:
            share: 0 to 1.
            seed: of the chance that chooses them.
            tenant: whose statements; empty for all.
        """
        with self._lock:
            self._failing_entries["BatchExecuteStatement"] = FailingStatements(share, seed, tenant)

    def throttle_calls_of(self, tenant: str) -> None:
        """Throttle BatchExecuteStatement as a whole when it writes to a tenant's partition."""
        with self._lock:
            self._failing_entries["BatchExecuteStatement"] = ThrottledCalls(tenant)

    def leave_writes(self, every: int, after: int = 0) -> None:
        """Of BatchWriteItem, do not pass on every nth request after the first ones, and report it as unprocessed."""
        with self._lock:
            self._failing_entries["BatchWriteItem"] = UnprocessedWrites(every, after)

    def lose_answers(self, share: float, seed: int, *targets: str) -> None:
        """Reset the connection after a share of the calls of `targets`, which the engine has done by then."""
        with self._lock:
            self._lost_answers.update((target, LostAnswers(share, seed)) for target in targets or SERVICES)

    def loses_answer(self, call: Targets) -> bool:
        """Whether the answer of this call is lost."""
        with self._lock:
            losing = next((self._lost_answers[target] for target in call if target in self._lost_answers), None)
        return losing is not None and losing.takes_one()

    def _set(self, targets: Iterable[str], fault: Silence | Status) -> None:
        with self._lock:
            hit = set(targets or SERVICES)
            self._faults.update(dict.fromkeys(hit, fault))
            waiting = [upstream for upstream, its in self._waiting.items() if hit.intersection(its)]
            for upstream in waiting:
                _shut(upstream)

    def upstream_of(self, call: Targets) -> Address:
        """Where a call is passed on to."""
        return self._elsewhere.get(call[1], self._upstream)

    def fault_of(self, call: Targets) -> Silence | Status | None:
        """What a call meets now."""
        with self._lock:
            return next((self._faults[target] for target in call if target in self._faults), None)

    def failing_entries_of(self, operation: str) -> Failing | None:
        with self._lock:
            return self._failing_entries.get(operation)

    def count(self, operation: str) -> None:
        with self._lock:
            self.calls[operation] += 1

    def passed(self, call: Targets, asked: bytes, answer: Answer | None) -> None:
        """Called with each call that was passed on, and the engine's answer."""

    def wait(self) -> None:
        """The delay of one call."""
        if self.delay_seconds:
            self._closing.wait(self.delay_seconds)

    def begin_waiting(self, upstream: socket.socket, call: Targets) -> None:
        """From here on a new fault of the call shuts `upstream`."""
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
        """Clients that hang up are what this is for: nothing to print."""


class _Connection(BaseHTTPRequestHandler):
    """One client's connection, and the one to the engine that belongs to it."""

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
        answer = None if self._proxy.fault_of(call) else self._ask(body, call)
        self._proxy.passed(call, body, answer)
        fault = self._proxy.fault_of(call)
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
        """The access key id and the session token that the call is signed with; empty where there is none."""
        _, _, credential = self.headers.get("Authorization", "").partition("Credential=")
        return credential.partition("/")[0], self.headers.get("X-Amz-Security-Token", "")

    def _call(self, body: bytes) -> tuple[Service | None, str]:
        """Which service, which operation. SNS speaks AWS's query protocol, the others JSON."""
        if target := self.headers.get("X-Amz-Target"):
            name, _, operation = target.partition(".")
            return _SERVICE_OF_TARGET.get(name), operation
        if "/sns/aws4_request" in self.headers.get("Authorization", ""):
            return "sns", parse_qs(body.decode()).get("Action", ["?"])[0]
        return None, f"{self.command} {urlsplit(self.path).path}"

    def _ask(self, body: bytes, call: Targets) -> Answer | None:
        """The engine's answer, or what a batch with failing entries gets instead."""
        operation, _ = call
        if (failing := self._proxy.failing_entries_of(operation)) is None:
            return self._pass_on(body, call)
        others, failed = failing.take_from(body)
        answer = self._pass_on(others, call) if others else None
        unanswered = others is not None and (answer is None or answer.status != 200)
        return answer if unanswered else failing.report(answer, failed)

    def _pass_on(self, body: bytes, call: Targets) -> Answer | None:
        """The engine's answer, or None when it gave none or a fault came in between."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _ONE_HOP_HEADERS}
        upstream: socket.socket | None = None
        try:
            upstream = self._connected(self._proxy.upstream_of(call))
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
        """Quiet: `calls` is what tests look at."""


def _address(url: str) -> Address:
    parts = urlsplit(url)
    assert parts.hostname and parts.port
    return parts.hostname, parts.port


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was faster
        connection.shutdown(socket.SHUT_RDWR)
