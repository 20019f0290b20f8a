"""The failure queue, for those who operate it: look, put back, throw away, keep in a file."""

import json
import math
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from botocore.exceptions import ClientError

from broker.batching import BATCH_SIZE, batches
from broker.failures.dead_letter import DeadLetter, headers_of, parse_dead_letter
from broker.failures.held_messages import MOST_HELD, HeldMessages
from broker.queues import get_queue_url, sqs_client
from broker.transport.sending import Message, NotSent, Sending
from foundation.aws_clients import FAILURE_QUEUE
from topology import FAILURES_QUEUE, TENANT_ID_PATTERN

READERS = 8

# Headers that say why it failed; the next try is a fresh one.
_WHY = ("reason", "exception", "failed_at", "origin_queue", "attempts", "detail")

# What is wrong with a call for what is in one of its messages.
_REFUSALS = ("InvalidMessageContents", "BatchRequestTooLong", "InvalidParameterValue")


class FailureQueue:
    """The messages of the failure queue, held while this is open and given back when it closes.

        with FailureQueue() as letters:
            for letter in letters: ...

    Attributes:
        copies: messages that were the same dead letter as one before them: what is delivered twice fails twice.
        held_elsewhere: messages that somebody else held when this was opened, as SQS says: they are not seen.
        is_complete: whether all others were.
        is_full: whether reading ended because SQS hands out no more before some are deleted or given back.

    Args:
        seconds: for how long to read at most.
        on_received: is told how many messages have come, again and again.
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
        self.visible, self.held_elsewhere = self._count()
        # Each reader may bring a batch while it is found that there are enough.
        most = MOST_HELD - self.held_elsewhere - READERS * BATCH_SIZE
        self._held = HeldMessages(self._sqs, self._url, most)
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
        """How many are held."""
        return len(self._held)

    def give_back(self) -> Iterator[int]:
        """Make visible what was neither redriven nor discarded; yields how many at a time."""
        # What a poll that is under way brings must be given back too.
        self._executor.shutdown(cancel_futures=True)
        with ThreadPoolExecutor(READERS) as executor:
            yield from self._held.give_back(executor)

    def __iter__(self) -> Iterator[DeadLetter]:
        """Each dead letter that nobody else holds, once, however many copies of it there are."""
        for letter in map(parse_dead_letter, self._messages()):
            if letter.id in self._seen:
                self._copies.setdefault(letter.id, []).append(letter.message_id)
                self.copies += 1
            else:
                self._seen.add(letter.id)
                yield letter

    def _messages(self) -> Iterator[Any]:
        polls: set[Future[list[Any]]] = set()
        quiet = 0
        while time.monotonic() < self._ends and not self._held.is_full:
            while quiet < READERS and len(polls) < READERS:
                polls.add(self._executor.submit(self._held.receive))
            if not polls:
                self.is_complete = True
                return
            done, polls = wait(polls, return_when=FIRST_COMPLETED)
            for poll in done:
                messages = poll.result()
                quiet = 0 if messages else quiet + 1
                self._on_received(len(messages))
                yield from messages
            self._held.keep(self._executor)
        self.is_full = self._held.is_full
        # What the other readers have brought by now is held, and counted, too.
        for poll in polls:
            yield from poll.result()

    def redrive(self, letters: Sequence[DeadLetter]) -> Iterator[DeadLetter]:
        """Put dead letters that can run back to where they came from, with a fresh count of tries.

        A dead one is deleted once SQS has the new one: killed in between, it runs twice, and storing twice is harmless.
        With it go the copies that are here by then; a later one may be the new one, failed again.

        Yields:
            Each that is back.
        """
        for back in self._executor.map(self._redrive, batches(letters)):
            yield from back

    def discard(self, letters: Sequence[DeadLetter]) -> int:
        """Delete dead letters for good, with their copies; how many SQS deleted, copies not counted."""
        deleted = sum(self._executor.map(self._discard, batches(letters)))
        # So that a copy that comes later is met as they were.
        self._seen.difference_update(letter.id for letter in letters)
        return deleted

    def add(self, bodies: Sequence[str]) -> list[int]:
        """Put up to ten messages in that were kept elsewhere.

        Returns:
            The places of those that SQS refuses; it has all others.
        """
        messages = [Message(self._sqs, self._url, {"MessageBody": body, **_group(_headers(body))}) for body in bodies]
        refused = _send(messages)
        return [place for place, message in enumerate(messages) if message in refused]

    def _count(self) -> tuple[int, int]:
        """How many messages are visible, and how many are held, as SQS says."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes: dict[Any, str] = self._sqs.get_queue_attributes(
            QueueUrl=self._url,
            AttributeNames=names,  # type: ignore[arg-type]  # str for a Literal
        )["Attributes"]
        visible, held = (int(attributes[name]) for name in names)
        return visible, held

    def _redrive(self, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
        with_copies = [[letter.message_id, *self._copies.get(letter.id, ())] for letter in letters]
        messages = [_message(self._sqs, self._url_of(letter.origin_queue), letter) for letter in letters]
        refused = _send(messages)
        sent = [place for place, message in enumerate(messages) if message not in refused]
        self._held.delete([its for place in sent for its in with_copies[place]])
        return [letters[place] for place in sent]

    def _discard(self, letters: Sequence[DeadLetter]) -> int:
        copies = [its for letter in letters for its in self._copies.get(letter.id, ())]
        self._held.delete(copies)
        return len(self._held.delete([letter.message_id for letter in letters]))

    def _url_of(self, queue: str) -> str:
        if queue not in self._queue_urls:
            self._queue_urls[queue] = get_queue_url(self._sqs, queue)
        return self._queue_urls[queue]


def _send(messages: Sequence[Message]) -> set[Message]:
    """Send up to ten; those that SQS refuses."""
    sending = Sending()
    for message in messages:
        sending.add(message)
    try:
        sending.send()
    except NotSent:
        pass
    except ClientError as error:
        if not error.response["Error"].get("Code", "").endswith(_REFUSALS):
            raise
        if len(messages) > 1:
            return {refused for message in sending.unsent for refused in _send([message])}
    return set(sending.unsent)


def _headers(body: str) -> dict[str, Any]:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return headers_of(envelope) if isinstance(envelope, dict) else {}


def _message(sqs: Any, url: str, letter: DeadLetter) -> Message:
    envelope = json.loads(letter.body)
    headers = {name: value for name, value in envelope["headers"].items() if name not in _WHY}
    body = json.dumps({**envelope, "headers": {**headers, "retries": 0}})
    return Message(sqs, url, {"MessageBody": body, **_group(headers)})


def _group(headers: dict[str, Any]) -> dict[str, str]:
    tenant_id = headers.get("tenant_id")
    if not isinstance(tenant_id, str) or not re.fullmatch(TENANT_ID_PATTERN, tenant_id):
        return {}
    return {"MessageGroupId": tenant_id}
