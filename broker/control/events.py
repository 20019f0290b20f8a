"""Worker events, heartbeats among them, sent from a thread of their own.

Stock Celery sends them in the worker's main process, tries a heartbeat again until it is through, and keeps without
limit what it could not send: while SNS hangs, the worker consumes nothing. Written against Celery 5.7.0.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from celery import Celery
from celery.app.events import Events as CeleryEvents
from celery.events.dispatcher import EventDispatcher
from kombu import Connection, Exchange, Producer

from foundation.outage import Outage

KEPT_MESSAGES = 200
# A publish costs as much time as a small task, so events wait this long for others to leave with.
LINGER_SECONDS = 0.1
# Less than a kilobyte each: SNS takes 256 KiB, and they go in base64.
EVENTS_PER_MESSAGE = 100
LONGEST_CLOSE_SECONDS = 3.0

Message = dict[str, Any]


class Outbox:
    """What is to be sent, in order, those of LINGER_SECONDS together.

    While SNS does not take it, the newest KEPT_MESSAGES are kept.

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
                self._outage.record_failure(type(error).__name__)
            with self._changed:
                if self._changed.wait_for(lambda: self._closing, self._outage.delay_seconds):
                    self._thread = None
                    return

    def _send_over_one_connection(self) -> None:
        with self._connect() as connection:
            producer = Producer(connection, auto_declare=False)
            while messages := self._next():
                producer.publish(**merge(messages))
                self._sent(messages)

    def _next(self) -> list[Message]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if not self._waiting:
                # Here, under the lock: whoever puts the next message has to start a new thread.
                self._thread = None
                return []
            self._changed.wait_for(lambda: self._closing, LINGER_SECONDS)
            messages: list[Message] = []
            events = 0
            for message in self._waiting:
                events += len(_events_of(message))
                if messages and events > EVENTS_PER_MESSAGE:
                    break
                messages.append(message)
            return messages

    def _sent(self, messages: list[Message]) -> None:
        self._outage.record_success()
        with self._changed:
            for message in messages:
                # It is not the first any more when newer ones have pushed it out meanwhile.
                if self._waiting and self._waiting[0] is message:
                    self._waiting.popleft()


def merge(messages: Sequence[Message]) -> Message:
    """One message with all the events, as Celery's receivers read them: a list."""
    if len(messages) == 1:
        return messages[0]
    return {**messages[0], "body": [event for message in messages for event in _events_of(message)]}


def _events_of(message: Message) -> list[Any]:
    body = message["body"]
    return body if isinstance(body, list) else [body]


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
    """`Celery(events="broker.control.events:Events")`."""

    dispatcher_cls = "broker.control.events:Dispatcher"
