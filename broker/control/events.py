"""Worker events, heartbeats among them, sent from a thread of their own.

Stock Celery sends events in the worker's main process, retries a heartbeat until it gets through, and keeps unsent
events without limit: while SNS hangs, the worker consumes nothing. Written against Celery 5.7.0.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from celery import Celery
from celery.app.events import Events as CeleryEvents
from celery.events.dispatcher import EventDispatcher
from celery.events.event import event_exchange
from kombu import Connection, Exchange, Producer

from foundation.outage import Outage
from observability import get_error_code

# Limited, so that an outage costs no memory. A monitor needs the newest events.
MAX_WAITING_MESSAGES = 200
# A publish costs as much CPU as a small task, so an event waits this long for others to share its message.
LINGER_SECONDS = 0.1
# An event takes less than 1 KB, SNS 256 KiB a message, and the events go in base64.
EVENTS_PER_MESSAGE = 100
# A worker that stops waits this long for SNS to take the last events.
MAX_CLOSE_SECONDS = 3.0

Message = dict[str, Any]
"""Arguments of `Producer.publish`. Its body is an event or a list of events."""


def use_fanout_exchange() -> None:
    """Make events of this process use a fanout exchange: an SNS topic.

    Celery's event exchange is of type topic, which SQS can't do; monitors want every event anyway. Celery has no
    setting for the type, so this changes its module-level object. A second call changes nothing.
    """
    event_exchange.type = "fanout"


class Outbox:
    """Messages that wait to be sent, in order; those of LINGER_SECONDS together.

    While SNS takes none, only the newest MAX_WAITING_MESSAGES are kept.

    Args:
        connect: creates a connection, which only the outbox's thread uses.
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._waiting: deque[Message] = deque(maxlen=MAX_WAITING_MESSAGES)
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._outage = Outage("sending events")

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, message: Message) -> None:
        """Send a message soon; never blocks."""
        with self._changed:
            self._waiting.append(message)
            self._closing = False
            if self._thread is None:
                self._thread = threading.Thread(target=self._send_all, name="events", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self) -> None:
        """Send what waits, for MAX_CLOSE_SECONDS at most, and end the thread."""
        with self._changed:
            self._closing = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join(MAX_CLOSE_SECONDS)

    def _send_all(self) -> None:
        while True:
            try:
                self._send_over_one_connection()
                return
            except Exception as error:  # noqa: BLE001 - an event is never worth a worker
                self._outage.record_failure(get_error_code(error))
            with self._changed:
                if self._changed.wait_for(lambda: self._closing, self._outage.delay_seconds):
                    self._thread = None
                    return

    def _send_over_one_connection(self) -> None:
        with self._connect() as connection:
            producer = Producer(connection, auto_declare=False)
            while messages := self._wait_for_messages():
                producer.publish(**merge_messages(messages))
                self._remove_sent(messages)

    def _wait_for_messages(self) -> list[Message]:
        """Wait for messages and return the first that fit into one.

        Returns:
            None of them when the thread has to end.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if not self._waiting:
                # Under the lock, so that whoever puts the next message starts a new thread.
                self._thread = None
                return []
            self._changed.wait_for(lambda: self._closing, LINGER_SECONDS)
            messages: list[Message] = []
            events = 0
            for message in self._waiting:
                events += len(_get_events(message))
                if messages and events > EVENTS_PER_MESSAGE:
                    break
                messages.append(message)
            return messages

    def _remove_sent(self, messages: list[Message]) -> None:
        self._outage.record_success()
        with self._changed:
            for message in messages:
                # It is not the first any more if newer ones have pushed it out meanwhile.
                if self._waiting and self._waiting[0] is message:
                    self._waiting.popleft()


def merge_messages(messages: Sequence[Message]) -> Message:
    """Return one message with the events of all in a list.

    Celery's receivers read lists too.
    """
    if len(messages) == 1:
        return messages[0]
    return {**messages[0], "body": [event for message in messages for event in _get_events(message)]}


def _get_events(message: Message) -> list[Any]:
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
        """Send what waits and accept no more.

        Stock Celery has nothing that waits in a thread.
        """
        super().close()
        self.outbox.close()

    def _publish(self, event: Any, producer: Producer | None, routing_key: str, **options: Any) -> None:
        """Put an event into the outbox.

        Stock Celery publishes it at once, and blocks while SNS hangs.
        """
        if producer is None:
            return
        if producer is not self.publisher or self.channel is not None:
            # The caller lent a producer or a channel and expects that the event is sent when this returns.
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
    """Celery's argument `Celery(events="broker.control.events:Events")`."""

    dispatcher_cls = "broker.control.events:Dispatcher"
