"""Celery's consumer, which leaves foreign messages to SQS.

Written against Celery 5.7.0.
"""

import logging
from collections.abc import Callable
from typing import Any

from celery.worker.consumer import Consumer as CeleryConsumer
from kombu import Message

from broker import UNAVAILABLE_ERRORS
from topology import FAILURES_QUEUE, MAX_RECEIVES

logger = logging.getLogger(__name__)


class Consumer(CeleryConsumer):
    """Celery's setting `worker_consumer = "broker.transport.consumer:Consumer"`.

    It rejects what it can't read, without a word of its content; SQS moves the message to the failure queue after
    MAX_RECEIVES. Stock Celery writes the body into the log, where the text of a log must never be, and acks what it
    can't decode.
    """

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Message], None]:
        """Return the function that receives every task message.

        Stock Celery's raises for a message that it does not expect. The message is then held forever and takes a
        place in the prefetch.
        """
        handle = super().create_task_handler(*args, **kwargs)

        def on_task_received(message: Message) -> None:
            try:
                handle(message)
            except UNAVAILABLE_ERRORS:
                raise
            except Exception as error:  # noqa: BLE001 - anybody may have written the message
                self._leave(message, f"can't be taken ({type(error).__name__})")

        return on_task_received

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        """Leave a message whose body can't be decoded.

        Stock Celery logs the body and acks it.
        """
        self._leave(message, f"can't be decoded ({type(exc).__name__})")

    def on_unknown_message(self, body: Any, message: Message) -> None:
        """Leave a message without a task.

        Stock Celery logs the body.
        """
        self._leave(message, "is not a Celery message")

    def on_unknown_task(self, body: Any, message: Message, exc: Exception) -> None:
        """Leave a task that this worker does not have.

        Stock Celery logs the body and marks the task as failed.
        """
        self._leave(message, f"names the unknown task {message.headers.get('task')!r:.100}")

    def on_invalid_task(self, body: Any, message: Message, exc: Exception) -> None:
        """Leave a task that Celery can't run.

        It may have another content type, for example. Stock Celery logs the body.
        """
        self._leave(message, f"can't be run ({type(exc).__name__})")

    def add_task_queue(self, queue: Any, *args: Any, **options: Any) -> Any:
        """Start to consume a queue, as `celery control add_consumer` asks.

        Stock Celery ends the worker if SQS has no such queue.
        """
        try:
            return super().add_task_queue(queue, *args, **options)
        except UNAVAILABLE_ERRORS as error:
            # Celery selected the queue before it failed, and would try it again at every new connection.
            self.app.amqp.queues.deselect([queue])
            logger.error("can't consume from %s: %s", queue, error)

    def _leave(self, message: Message, reason: str) -> None:
        queue = (message.delivery_info or {}).get("routing_key", "?")
        logger.error(
            "a message of %s %s; SQS moves it to %s after %d receives", queue, reason, FAILURES_QUEUE, MAX_RECEIVES
        )
        message.reject_log_error(logger, self.connection_errors)  # type: ignore[attr-defined]  # missing in the stubs
