"""A container credentials endpoint, as on ECS, that fails as asked.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import json
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from local.ports import free_port

RENEWED_AT_EVERY_CALL_SECONDS = 9 * 60.0
"""Lifetime of keys that botocore renews at every call: it waits for new ones when fewer than 10 minutes are left."""


@dataclass(frozen=True)
class _Key:
    token: str
    expires: float


class _Mode(Enum):
    KEYS = "keys"
    FAIL = "fail"
    HANG = "hang"


class CredentialsServer:
    """Credentials endpoint that hands out a new key at every call.

    Attributes:
        url: for AWS_CONTAINER_CREDENTIALS_FULL_URI.
        seconds_left: the lifetime that a key states; negative for an expired one.
        calls: how often keys were asked for.
        taken: ids of the keys that signed a call while they were valid.
    """

    def __init__(self) -> None:
        self.seconds_left = RENEWED_AT_EVERY_CALL_SECONDS
        self.calls = 0
        self.taken: set[str] = set()
        self._keys: dict[str, _Key] = {}
        self._mode = _Mode.KEYS
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._port = free_port()
        self._server: _Server | None = None
        self.url = f"http://127.0.0.1:{self._port}/creds"

    def hand_out_keys(self, seconds_left: float = RENEWED_AT_EVERY_CALL_SECONDS) -> None:
        """Hand out keys from now on, and end every fault."""
        self.seconds_left = seconds_left
        self._mode = _Mode.KEYS
        self._listen()

    def fail(self) -> None:
        """Answer 500 from now on."""
        self._mode = _Mode.FAIL

    def hang(self) -> None:
        """Never answer from now on."""
        self._mode = _Mode.HANG

    def refuse(self) -> None:
        """Stop listening."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def expire_all(self) -> None:
        """Make all keys invalid that have been handed out.

        Their own stated lifetime does not matter.
        """
        with self._lock:
            self._keys.clear()

    def accepts(self, key_id: str, token: str) -> bool:
        """Return whether AWS accepts a key now."""
        with self._lock:
            key = self._keys.get(key_id)
            good = key is not None and key.token == token and time.time() < key.expires
            if good:
                self.taken.add(key_id)
            return good

    def count_taken_and_expired(self) -> int:
        """Return how many keys signed a call and are invalid now."""
        with self._lock:
            return sum(key_id not in self._keys or self._keys[key_id].expires <= time.time() for key_id in self.taken)

    def answer(self) -> dict[str, str] | None:
        """Return a new key as the endpoint sends it; None is 500."""
        with self._lock:
            self.calls += 1
        if self._mode is _Mode.HANG:
            self._closing.wait()
        if self._mode is not _Mode.KEYS:
            return None
        expires = datetime.now(UTC) + timedelta(seconds=self.seconds_left)
        key_id, token = f"ASIA{uuid.uuid4().hex[:16].upper()}", uuid.uuid4().hex
        with self._lock:
            self._keys[key_id] = _Key(token, expires.timestamp())
        return {
            "AccessKeyId": key_id,
            "SecretAccessKey": uuid.uuid4().hex,
            "Token": token,
            "Expiration": expires.isoformat(),
        }

    def _listen(self) -> None:
        if self._server is None:
            self._server = _Server(("127.0.0.1", self._port), self)
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self) -> "CredentialsServer":
        self._listen()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._closing.set()
        self.refuse()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], credentials: CredentialsServer) -> None:
        self.credentials = credentials
        super().__init__(address, _Connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: clients that hang up are expected."""


class _Connection(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        answer = self.server.credentials.answer()
        body = json.dumps(answer or {"message": "fault"}).encode()
        self.send_response(200 if answer else 500)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: tests look at `calls`."""
