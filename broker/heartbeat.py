"""Worker events, heartbeats among them, sent from a thread of their own.

Stock Celery sends them in the worker's main process, tries a heartbeat again until it is through, and keeps without
limit what it could not send: while SNS hangs, the worker consumes nothing. Written against Celery 5.7.0.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.app.events import Events as CeleryEvents
from celery.events.dispatcher import EventDispatcher
from kombu import Connection, Exchange, Producer

from broker.outage import Outage

KEPT_MESSAGES = 200
LONGEST_CLOSE_SECONDS = 3.0

Message = dict[str, Any]


class Outbox:
    """What is to be sent, in order. While SNS does not take it, the newest KEPT_MESSAGES are kept.

    Args:
        connect: makes a connection, which only the outbox's thread uses.
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._waiting: deque[Message] = deque(maxlen=KEPT_MESSAGES)
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._outage = Outage("sending events")

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, message: Message) -> None:
        """Have the arguments of a `Producer.publish` sent soon; never waits."""
        with self._changed:
            self._waiting.append(message)
            self._closing = False
            if self._thread is None:
                self._thread = threading.Thread(target=self._send_all, name="events", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self) -> None:
        """Send what waits, for LONGEST_CLOSE_SECONDS at most, and end the thread."""
        with self._changed:
            self._closing = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join(LONGEST_CLOSE_SECONDS)

    def _send_all(self) -> None:
        while True:
            try:
                self._send_over_one_connection()
                return
            except Exception as error:  # noqa: BLE001 - an event is never worth a worker
                self._outage.failed(type(error).__name__)
            with self._changed:
                if self._changed.wait_for(lambda: self._closing, self._outage.delay_seconds):
                    self._thread = None
                    return

    def _send_over_one_connection(self) -> None:
        with self._connect() as connection:
            producer = Producer(connection, auto_declare=False)
            while (message := self._next()) is not None:
                producer.publish(**message)
                self._sent(message)

    def _next(self) -> Message | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if self._waiting:
                return self._waiting[0]
            # Here, under the lock: whoever puts the next message has to start a new thread.
            self._thread = None
            return None

    def _sent(self, message: Message) -> None:
        self._outage.worked()
        with self._changed:
            # It is not the first any more when newer ones have pushed it out meanwhile.
            if self._waiting and self._waiting[0] is message:
                self._waiting.popleft()


class Dispatcher(EventDispatcher):
    """Celery's event dispatcher, which leaves the sending to an outbox."""

    app: Celery
    # Missing in the stubs.
    channel: Any
    exchange: Exchange
    serializer: str
    headers: dict[str, str]
    delivery_mode: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outbox = Outbox(self.connection.clone if self.connection else self.app.connection_for_write)

    def close(self) -> None:
        """Send what waits and accept no more."""
        super().close()
        self.outbox.close()

    def _publish(self, event: Any, producer: Producer | None, routing_key: str, **options: Any) -> None:
        if producer is None:
            return
        if producer is not self.publisher or self.channel is not None:
            # Somebody lent a producer or a channel and expects the event to be gone when this returns.
            super()._publish(event, producer, routing_key, **options)  # type: ignore[misc]  # missing in the stubs
            return
        self.outbox.put(
            {
                "body": event,
                "routing_key": routing_key,
                "exchange": self.exchange.name,
                "declare": [self.exchange],
                "serializer": self.serializer,
                "headers": self.headers,
                "delivery_mode": self.delivery_mode,
            }
        )


class Events(CeleryEvents):
    """`Celery(events="broker.heartbeat:Events")`."""

    dispatcher_cls = "broker.heartbeat:Dispatcher"
