"""Celery's consumer, for messages that are no task of ours."""

import logging
from collections.abc import Callable
from typing import Any

from celery.worker.consumer import Consumer as CeleryConsumer
from kombu import Message

from broker import UNAVAILABLE_ERRORS
from topology import FAILURES_QUEUE, MAX_RECEIVES

logger = logging.getLogger(__name__)


class Consumer(CeleryConsumer):
    """Leaves what it can't read to SQS, which moves it to the failure queue after MAX_RECEIVES.

    Stock Celery writes the body into the log, where a text must never be, and acks what it can't decode.
    """

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Message], None]:
        """What takes a message. Stock Celery's raises what it does not expect, and the message is held for ever."""
        take = super().create_task_handler(*args, **kwargs)

        def on_task_received(message: Message) -> None:
            try:
                take(message)
            except UNAVAILABLE_ERRORS:
                raise
            except Exception as error:  # noqa: BLE001 - anybody may have written it
                self._leave(message, f"can't be taken ({type(error).__name__})")

        return on_task_received

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        """The body is garbage."""
        self._leave(message, f"can't be decoded ({type(exc).__name__})")

    def on_unknown_message(self, body: Any, message: Message) -> None:
        """There is no task in it."""
        self._leave(message, "is not a Celery message")

    def on_unknown_task(self, body: Any, message: Message, exc: Exception) -> None:
        """This worker has no such task."""
        self._leave(message, f"names the unknown task {message.headers.get('task')!r:.100}")

    def on_invalid_task(self, body: Any, message: Message, exc: Exception) -> None:
        """Celery can't run it, for example because of its content type."""
        self._leave(message, f"can't be run ({type(exc).__name__})")

    def add_task_queue(self, queue: Any, *args: Any, **options: Any) -> Any:
        """What `celery control add_consumer` asks for. Stock Celery ends when there is no such queue."""
        try:
            return super().add_task_queue(queue, *args, **options)
        except UNAVAILABLE_ERRORS as error:
            self.app.amqp.queues.deselect([queue])
            logger.error("can't consume from %s: %s", queue, error)

    def _leave(self, message: Message, why: str) -> None:
        queue = (message.delivery_info or {}).get("routing_key", "?")
        logger.error("a message of %s %s; after %d receives it is in %s", queue, why, MAX_RECEIVES, FAILURES_QUEUE)
        message.reject_log_error(logger, self.connection_errors)  # type: ignore[attr-defined]  # missing in the stubs
