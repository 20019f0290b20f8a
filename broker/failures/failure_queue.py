"""The failure queue, opened to list, redrive, discard and restore dead letters."""

import json
import math
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from botocore.exceptions import ClientError

from broker.batching import BATCH_SIZE, batched
from broker.failures.dead_letter import DeadLetter, get_headers, parse_dead_letter
from broker.failures.held_messages import MAX_HELD, HeldMessages
from broker.queues import get_queue_url, sqs_client
from broker.transport.sending import Message, NotSent, Sending
from foundation.aws_clients import FAILURE_QUEUE
from topology import FAILURES_QUEUE, TENANT_ID_PATTERN

READERS = 8
"""Parallel receives, and the number of empty ones in a row after which the queue counts as read."""

# Headers that say why a task failed. A redriven message does not have them: its next try is a fresh one.
_FAILURE_HEADERS = ("reason", "exception", "failed_at", "origin_queue", "attempts", "detail")

# Error codes of a call that SQS refuses for the content of one of its messages.
_REFUSAL_CODES = ("InvalidMessageContents", "BatchRequestTooLong", "InvalidParameterValue")


class FailureQueue:
    """The opened failure queue, which holds its messages until it closes.

        with FailureQueue() as queue:
            for letter in queue: ...

    Attributes:
        copies: messages that repeat an earlier dead letter. A message that SQS delivers twice fails twice.
        visible: messages that nobody held when this was opened; SQS's approximation.
        held_elsewhere: messages that others held when this was opened; SQS's approximation. They are not seen.
        is_complete: True once all others have been seen.
        is_full: True if reading ended because SQS hands out no more before some are deleted or given back.

    Args:
        seconds: read for this long at most.
        on_received: called with the number of messages of each receive.
    Raises:
        botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: SQS refused, or did not answer.
    """

    def __init__(self, *, seconds: float = math.inf, on_received: Callable[[int], object] = lambda _: None) -> None:
        self._sqs = sqs_client(FAILURE_QUEUE)
        self._url = get_queue_url(self._sqs, FAILURES_QUEUE)
        self._queue_urls: dict[str, str] = {}
        self._ends = time.monotonic() + seconds
        self._on_received = on_received
        self._executor = ThreadPoolExecutor(READERS)
        self.visible, self.held_elsewhere = self._count_messages()
        # Each reader may bring a batch more before it is noticed that the queue is full.
        max_held = MAX_HELD - self.held_elsewhere - READERS * BATCH_SIZE
        self._held = HeldMessages(self._sqs, self._url, max_held)
        self._seen: set[str] = set()
        self._copies: dict[str, list[str]] = {}
        self.copies = 0
        self.is_complete = False
        self.is_full = False

    def __enter__(self) -> "FailureQueue":
        return self

    def __exit__(self, *_: object) -> None:
        for _count in self.give_back():
            pass

    def __len__(self) -> int:
        """Return how many messages are held."""
        return len(self._held)

    def give_back(self) -> Iterator[int]:
        """Make visible what was neither redriven nor discarded.

        Yields:
            How many messages at a time.
        """
        # Wait for the polls that are under way: what they bring must be given back too.
        self._executor.shutdown(cancel_futures=True)
        with ThreadPoolExecutor(READERS) as executor:
            yield from self._held.give_back(executor)

    def __iter__(self) -> Iterator[DeadLetter]:
        """Yield each dead letter once, however many copies there are.

        Dead letters that others hold are not among them.
        """
        for letter in map(parse_dead_letter, self._receive_all()):
            if letter.id in self._seen:
                self._copies.setdefault(letter.id, []).append(letter.message_id)
                self.copies += 1
            else:
                self._seen.add(letter.id)
                yield letter

    def _receive_all(self) -> Iterator[Any]:
        polls: set[Future[list[Any]]] = set()
        empty_polls = 0
        while time.monotonic() < self._ends and not self._held.is_full:
            while empty_polls < READERS and len(polls) < READERS:
                polls.add(self._executor.submit(self._held.receive))
            if not polls:
                self.is_complete = True
                return
            done, polls = wait(polls, return_when=FIRST_COMPLETED)
            for poll in done:
                messages = poll.result()
                empty_polls = 0 if messages else empty_polls + 1
                self._on_received(len(messages))
                yield from messages
            self._held.extend(self._executor)
        self.is_full = self._held.is_full
        # What the other readers have received by now is held and counted too.
        for poll in polls:
            yield from poll.result()

    def redrive(self, letters: Sequence[DeadLetter]) -> Iterator[DeadLetter]:
        """Send dead letters back to their queues.

        They must be able to run, and get a fresh count of tries.

        A dead letter is deleted once SQS has its copy. If the process is killed in between, the task runs twice, which
        is harmless: storing is idempotent. Copies of it that have been read by then are deleted too; a later one may
        be the redriven message that failed again.

        Yields:
            Each that was sent.
        """
        for sent in self._executor.map(self._redrive, batched(letters)):
            yield from sent

    def discard(self, letters: Sequence[DeadLetter]) -> int:
        """Delete dead letters for good, with their copies.

        Returns:
            How many SQS deleted, copies not counted.
        """
        deleted = sum(self._executor.map(self._discard, batched(letters)))
        # So that a copy that comes later is yielded, for the caller to decide again.
        self._seen.difference_update(letter.id for letter in letters)
        return deleted

    def put(self, bodies: Sequence[str]) -> list[int]:
        """Put up to ten messages into the queue that were kept elsewhere.

        Returns:
            The indexes of those that SQS refuses. It has all others.
        """
        messages = [
            Message(self._sqs, self._url, {"MessageBody": body, **_build_group(_parse_headers(body))})
            for body in bodies
        ]
        refused = _send(messages)
        return [index for index, message in enumerate(messages) if message in refused]

    def _count_messages(self) -> tuple[int, int]:
        """Return SQS's approximate numbers of visible and of held messages."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes: dict[Any, str] = self._sqs.get_queue_attributes(
            QueueUrl=self._url,
            AttributeNames=names,  # type: ignore[arg-type]  # str for a Literal
        )["Attributes"]
        visible, held = (int(attributes[name]) for name in names)
        return visible, held

    def _redrive(self, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
        message_ids = [[letter.message_id, *self._copies.get(letter.id, ())] for letter in letters]
        messages = [_build_redriven(self._sqs, self._get_url(letter.origin_queue), letter) for letter in letters]
        refused = _send(messages)
        sent = [index for index, message in enumerate(messages) if message not in refused]
        self._held.delete([message_id for index in sent for message_id in message_ids[index]])
        return [letters[index] for index in sent]

    def _discard(self, letters: Sequence[DeadLetter]) -> int:
        copies = [message_id for letter in letters for message_id in self._copies.get(letter.id, ())]
        self._held.delete(copies)
        return len(self._held.delete([letter.message_id for letter in letters]))

    def _get_url(self, queue: str) -> str:
        if queue not in self._queue_urls:
            self._queue_urls[queue] = get_queue_url(self._sqs, queue)
        return self._queue_urls[queue]


def _send(messages: Sequence[Message]) -> set[Message]:
    """Send up to ten messages, and return those that SQS refuses."""
    sending = Sending()
    for message in messages:
        sending.add(message)
    try:
        sending.send()
    except NotSent:
        pass
    except ClientError as error:
        if not error.response["Error"].get("Code", "").endswith(_REFUSAL_CODES):
            raise
        # SQS refuses the whole call for one message. Alone, each shows which.
        if len(messages) > 1:
            return {refused for message in sending.unsent for refused in _send([message])}
    return set(sending.unsent)


def _parse_headers(body: str) -> dict[str, Any]:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return get_headers(envelope) if isinstance(envelope, dict) else {}


def _build_redriven(sqs: Any, queue_url: str, letter: DeadLetter) -> Message:
    envelope = json.loads(letter.body)
    headers = {name: value for name, value in envelope["headers"].items() if name not in _FAILURE_HEADERS}
    body = json.dumps({**envelope, "headers": {**headers, "retries": 0}})
    return Message(sqs, queue_url, {"MessageBody": body, **_build_group(headers)})


def _build_group(headers: dict[str, Any]) -> dict[str, str]:
    tenant_id = headers.get("tenant_id")
    if not isinstance(tenant_id, str) or not re.fullmatch(TENANT_ID_PATTERN, tenant_id):
        return {}
    return {"MessageGroupId": tenant_id}
