"""Messages that are published together and sent together: SendMessageBatch.

Ten messages or 1 MiB go in a call.
"""

from collections.abc import Iterable, Iterator
from contextvars import ContextVar, Token
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from kombu.exceptions import OperationalError

from broker.batching import BATCH_SIZE
from topology import MAX_MESSAGE_BYTES

_current: ContextVar["Sending | None"] = ContextVar("sending", default=None)


class MessageTooLarge(Exception):
    """The message is larger than SQS takes.

    Publish its content in several messages.
    """


class NotSent(OperationalError):
    """SQS did not take all messages. `Sending.send` sends the missing ones again."""


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """An unsent message.

    It has boto3's SQS client, the queue, and the other arguments of `send_message`.
    """

    client: Any
    queue_url: str
    parameters: dict[str, Any]

    @property
    def size(self) -> int:
        """Bytes that count for SQS's limit."""
        attributes = self.parameters.get("MessageAttributes", {})
        return len(self.parameters["MessageBody"].encode()) + sum(
            len(str(item).encode()) for item in attributes.items()
        )


class Sending:
    """Collector of the messages that its `with` block publishes. `send` sends them.

        with Sending() as sending:
            one.delay()
            another.delay()
        sending.send()

    Without it each publish is a blocking call to SQS. Publishing in the block raises the usual errors when a message
    can't be built (too large, no such queue).
    """

    def __init__(self) -> None:
        self._unsent: list[Message] = []
        self._token: Token[Sending | None] | None = None

    def __enter__(self) -> "Sending":
        self._token = _current.set(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        assert self._token is not None
        _current.reset(self._token)

    def add(self, message: Message) -> None:
        """Collect a message."""
        self._unsent.append(message)

    @property
    def unsent(self) -> list[Message]:
        """The messages that SQS has not taken yet, in order."""
        return self._unsent.copy()

    def send(self) -> None:
        """Send the messages that SQS has not taken yet.

        Raises:
            NotSent: SQS refused some of the messages; the others are sent.
            botocore.exceptions.ClientError: SQS refused a call.
            botocore.exceptions.BotoCoreError: SQS did not answer.
        """
        codes: set[str] = set()
        for batch in list(_split_into_calls(self._unsent)):
            failed = _send_batch(batch)
            codes.update(failed.values())
            for index, message in enumerate(batch):
                if index not in failed:
                    self._unsent.remove(message)
        if self._unsent:
            count = "1 message" if len(self._unsent) == 1 else f"{len(self._unsent)} messages"
            raise NotSent(f"SQS did not take {count} ({', '.join(sorted(codes))})")


class CollectingClient:
    """An SQS client that gives its messages to a `Sending`.

    It makes all other calls at once.
    """

    def __init__(self, client: Any, sending: Sending) -> None:
        self._client = client
        self._sending = sending

    def send_message(self, *, QueueUrl: str, **parameters: Any) -> None:  # noqa: N803 - boto3's name
        """Collect the message; kombu calls this in `Channel._put` and ignores the answer."""
        self._sending.add(Message(self._client, QueueUrl, parameters))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def wrap_client(client: Any) -> Any:
    """Return `client`, or one that collects messages for a `Sending`.

    The latter in the block of a `Sending`.
    """
    sending = _current.get()
    return client if sending is None else CollectingClient(client, sending)


def _split_into_calls(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """Yield the messages of each call.

    SQS's limit of size counts for the whole call.
    """
    queues: dict[tuple[int, str], list[Message]] = {}
    for message in messages:
        batch = queues.setdefault((id(message.client), message.queue_url), [])
        size = sum(other.size for other in batch) + message.size
        if batch and (len(batch) == BATCH_SIZE or size > MAX_MESSAGE_BYTES):
            yield batch.copy()
            batch.clear()
        batch.append(message)
    yield from filter(None, queues.values())


def _send_batch(batch: list[Message]) -> dict[int, str]:
    """Send up to ten messages.

    Returns:
        The error codes of the failed ones, by index.
    """
    entries = [{"Id": str(index), **message.parameters} for index, message in enumerate(batch)]
    answer = batch[0].client.send_message_batch(QueueUrl=batch[0].queue_url, Entries=entries)
    return {int(entry["Id"]): entry["Code"] for entry in answer.get("Failed", [])}
