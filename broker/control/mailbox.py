"""Remote control from the caller's side: replies are counted, not receives.

Stock kombu counts receives. Several replies in one receive count as one, so it waits its whole timeout for workers that
have replied already. A reply to an earlier call counts too, so a call after a late one gets nothing. It also creates a
queue for nearly every call. Written against Celery 5.7.0 and kombu 5.7.0.
"""

from collections.abc import Callable
from typing import Any

from celery.app.control import Control as CeleryControl
from kombu import Connection, Consumer
from kombu.clocks import LamportClock
from kombu.common import oid_from
from kombu.pidbox import Mailbox as KombuMailbox

Reply = dict[str, Any]


class Mailbox(KombuMailbox):
    """Sends commands, and collects replies until each destination has replied."""

    # Missing in the stubs.
    connection: Connection
    clock: LamportClock

    @property
    def oid(self) -> str:
        """Name of the calling thread and of its reply queue.

        Stock kombu's contains the address of this object, which Celery copies for each call: a queue a call.
        """
        return oid_from(type(self))

    def _collect(
        self,
        ticket: str,
        limit: int | None = None,
        timeout: float | None = 1,
        callback: Callable[[Reply], Any] | None = None,
        channel: Any = None,
        accept: Any = None,
    ) -> list[Reply]:
        """Collect `limit` replies to one call, or those within `timeout` seconds.

        A reply that comes starts the timeout anew. Stock kombu stops after `limit` receives, whatever they brought.
        """
        replies: list[Reply] = []

        def on_reply(reply: Reply) -> None:
            replies.append(reply)
            if callback:
                callback(reply)

        with self._consume_replies(ticket, on_reply, channel, accept):
            while not limit or len(replies) < limit:
                try:
                    self.connection.drain_events(timeout=timeout)
                except TimeoutError:
                    break
        return replies

    def _consume_replies(self, ticket: str, on_reply: Callable[[Reply], None], channel: Any, accept: Any) -> Consumer:
        def on_message(body: Reply, message: Any) -> None:
            self.clock.adjust(message.headers.get("clock") or 0)
            # Another ticket is that of an earlier call, which nobody waits for: the queue is this thread's own.
            if message.headers.get("ticket") == ticket:
                on_reply(body)

        return Consumer(
            channel or self.connection.default_channel,
            [self.reply_queue],
            callbacks=[on_message],
            accept=accept or self.accept,
            no_ack=True,
        )


class Control(CeleryControl):
    """Celery's argument `Celery(control="broker.control.mailbox:Control")`."""

    # Celery creates its mailbox from this class.
    Mailbox = Mailbox
