"""Messages that are published together leave together: SendMessageBatch, ten or 1 MiB at a time."""

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
    """The message is larger than SQS takes. Publish its content in several messages."""


class NotSent(OperationalError):
    """SQS did not take all messages. `Sending.send` again sends those that it did not take."""


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One that is not sent yet: boto3's SQS client, the queue, and what else `send_message` takes."""

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
    """What is published in its `with` block, by whatever means, is collected; `send` sends it.

        with Sending() as sending:
            one.delay()
            another.delay()
        sending.send()

    Publishing in the block raises what it always does when a message can't be made (too large, no such queue).
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
        """Send what SQS has not taken yet.

        Raises:
            NotSent: SQS refused some of the messages; the others are sent.
            botocore.exceptions.ClientError: it refused a call.
            botocore.exceptions.BotoCoreError: it did not answer.
        """
        codes: set[str] = set()
        for batch in list(_batches(self._unsent)):
            failed = _send(batch)
            codes.update(failed.values())
            for place, message in enumerate(batch):
                if place not in failed:
                    self._unsent.remove(message)
        if self._unsent:
            raise NotSent(f"SQS did not take {len(self._unsent)} messages ({', '.join(sorted(codes))})")


class CollectingClient:
    """An SQS client whose messages are collected by a `Sending`; all else it does at once."""

    def __init__(self, client: Any, sending: Sending) -> None:
        self._client = client
        self._sending = sending

    def send_message(self, *, QueueUrl: str, **parameters: Any) -> None:  # noqa: N803 - boto3's name
        self._sending.add(Message(self._client, QueueUrl, parameters))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def collecting(client: Any) -> Any:
    """`client`, or one that collects when this is called in the block of a `Sending`."""
    sending = _current.get()
    return client if sending is None else CollectingClient(client, sending)


def _batches(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """What SQS takes in one call: its limit of size is for the call."""
    queues: dict[tuple[int, str], list[Message]] = {}
    for message in messages:
        batch = queues.setdefault((id(message.client), message.queue_url), [])
        size = sum(other.size for other in batch) + message.size
        if batch and (len(batch) == BATCH_SIZE or size > MAX_MESSAGE_BYTES):
            yield batch.copy()
            batch.clear()
        batch.append(message)
    yield from filter(None, queues.values())


def _send(batch: list[Message]) -> dict[int, str]:
    """The error codes of the messages that SQS did not take, by place."""
    entries = [{"Id": str(place), **message.parameters} for place, message in enumerate(batch)]
    answer = batch[0].client.send_message_batch(QueueUrl=batch[0].queue_url, Entries=entries)
    return {int(entry["Id"]): entry["Code"] for entry in answer.get("Failed", [])}
