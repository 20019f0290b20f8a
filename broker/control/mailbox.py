"""Remote control from the caller's side: an answer is counted when it is one.

Stock kombu counts receives: several answers of one receive are one, so that it waits its whole timeout for workers that
have answered already; and an answer to an earlier call is one, so that a call after one that was too late gets nothing.
It also makes a queue for nearly every call.
Written against Celery 5.7.0 and kombu 5.7.0.
"""

from collections.abc import Callable
from typing import Any

from celery.app.control import Control as CeleryControl
from kombu import Connection, Consumer
from kombu.clocks import LamportClock
from kombu.common import oid_from
from kombu.pidbox import Mailbox as KombuMailbox

Answer = dict[str, Any]


class Mailbox(KombuMailbox):
    """Collects answers until each destination has given its own."""

    # Missing in the stubs.
    connection: Connection
    clock: LamportClock

    @property
    def oid(self) -> str:
        """The calling thread's name, and its reply queue's.

        Stock kombu's has the address of this object in it, which Celery copies for each call.
        """
        return oid_from(type(self))

    def _collect(
        self,
        ticket: str,
        limit: int | None = None,
        timeout: float | None = 1,
        callback: Callable[[Answer], Any] | None = None,
        channel: Any = None,
        accept: Any = None,
    ) -> list[Answer]:
        answers: list[Answer] = []

        def on_message(body: Answer, message: Any) -> None:
            self.clock.adjust(message.headers.get("clock") or 0)
            # Another ticket is that of an earlier call, which nobody waits for: the queue is this thread's own.
            if message.headers.get("ticket") == ticket:
                answers.append(body)
                if callback:
                    callback(body)

        consumer = Consumer(
            channel or self.connection.default_channel,
            [self.reply_queue],
            callbacks=[on_message],
            accept=accept or self.accept,
            no_ack=True,
        )
        with consumer:
            while not limit or len(answers) < limit:
                try:
                    self.connection.drain_events(timeout=timeout)
                except TimeoutError:
                    break
        return answers


class Control(CeleryControl):
    """`Celery(control="broker.control.mailbox:Control")`."""

    Mailbox = Mailbox
