"""Messages that one reader holds: hidden from others until given back."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from botocore.exceptions import ClientError

from broker.batching import BATCH_SIZE, batched
from broker.transport.visibility import make_visible_now
from settings import settings

POLL_SECONDS = 1
"""Wait of a receive. A long poll, however short, asks all of SQS's servers: if it brings nothing, nothing is there."""
HIDDEN_SECONDS = settings.visibility_timeout_seconds
MARGIN_SECONDS = HIDDEN_SECONDS / 3
"""A message is hidden for longer this long before it would be visible again."""
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
MAX_HIDDEN_SECONDS = 43_200
MAX_HELD = 120_000
"""Messages of a queue that SQS hands out, to all readers together, before some are deleted or given back."""
# Messages that are given back between two reports of progress: 32 calls.
GIVE_BACK_MESSAGES = 32 * BATCH_SIZE


@dataclass(frozen=True, slots=True)
class _Receipt:
    """Receipt handle of a held message, and when its timeout ends.

    The end is by `time.monotonic`.
    """

    handle: str
    visible_at: float


class HeldMessages:
    """The messages that a reader holds, by SQS's message id.

    A killed reader can't give anything back. So messages are hidden for as long as the reader has run by then, plus
    HIDDEN_SECONDS, and hidden again before that time is over. This needs few calls, and what a killed reader held is
    soon visible again.

    Attributes:
        is_full: SQS hands out no more messages before some are deleted.

    Args:
        sqs: boto3's client.
        queue_url: the queue's.
        max_held: number of messages at which it is full.
    """

    def __init__(self, sqs: Any, queue_url: str, max_held: int = MAX_HELD) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._max_held = max_held
        self._over_limit = False
        self._lock = threading.Lock()
        self._started = time.monotonic()
        # By message id, in the order in which they become visible.
        self._receipts: dict[str, _Receipt] = {}

    def __len__(self) -> int:
        return len(self._receipts)

    @property
    def is_full(self) -> bool:
        """True if SQS hands out no more messages before some are deleted."""
        return self._over_limit or len(self._receipts) >= self._max_held

    def receive(self) -> list[Any]:
        """Receive up to ten messages; wait POLL_SECONDS for the first.

        Returns:
            Those that were not held before, as boto3 has them.
        Raises:
            botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: SQS refused, or did not answer.
        """
        seconds, visible_at = self._get_next_timeout()
        try:
            answer = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=BATCH_SIZE,
                VisibilityTimeout=seconds,
                WaitTimeSeconds=POLL_SECONDS,
                AttributeNames=["SentTimestamp"],
            )
        except ClientError as error:
            if not error.response["Error"].get("Code", "").endswith("OverLimit"):
                raise
            self._over_limit = True
            return []
        new = []
        with self._lock:
            for message in answer.get("Messages", []):
                if self._receipts.pop(message["MessageId"], None) is None:
                    new.append(message)
                self._receipts[message["MessageId"]] = _Receipt(message["ReceiptHandle"], visible_at)
        return new

    def extend(self, executor: Executor) -> None:
        """Hide for longer the messages that will soon be visible.

        Call it every few seconds.

        Raises:
            botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: SQS refused, or did not answer.
        """
        soon = time.monotonic() + MARGIN_SECONDS
        with self._lock:
            ending = [
                message_id
                for message_id, _ in takewhile(lambda held: held[1].visible_at < soon, self._receipts.items())
            ]
        for _ in executor.map(self._extend, batched(ending)):
            pass

    def delete(self, message_ids: Sequence[str]) -> set[str]:
        """Delete messages; return the ids of those that SQS deleted.

        Raises:
            botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: SQS refused, or did not answer.
        """
        deleted: set[str] = set()
        for batch in batched(message_ids):
            deleted |= self._call(batch, self._sqs.delete_message_batch)
        with self._lock:
            for message_id in deleted:
                self._receipts.pop(message_id, None)
            self._over_limit = self._over_limit and not deleted
        return deleted

    def give_back(self, executor: Executor) -> Iterator[int]:
        """Make all messages visible, until SQS fails.

        Yields:
            How many at a time.
        """
        with self._lock:
            held = list(self._receipts.items())
        for chunk in batched(held, GIVE_BACK_MESSAGES):
            handles = [receipt.handle for _, receipt in chunk]
            calls = executor.map(lambda ten: make_visible_now(self._sqs, {self._queue_url: ten}), batched(handles))
            if not all(list(calls)):
                return
            for message_id, _ in chunk:
                self._receipts.pop(message_id, None)
            yield len(chunk)

    def _extend(self, message_ids: Sequence[str]) -> None:
        seconds, visible_at = self._get_next_timeout()
        extended = self._call(message_ids, self._sqs.change_message_visibility_batch, VisibilityTimeout=seconds)
        with self._lock:
            for message_id in message_ids:
                # One that SQS does not extend is visible by now: this reader or another one will receive it again.
                receipt = self._receipts.pop(message_id)
                if message_id in extended:
                    self._receipts[message_id] = _Receipt(receipt.handle, visible_at)

    def _call(self, message_ids: Sequence[str], operation: Any, **options: Any) -> set[str]:
        """Call a batch operation on up to ten held messages.

        Returns:
            The ids of those it succeeded for.
        """
        with self._lock:
            held = [
                (message_id, self._receipts[message_id].handle)
                for message_id in message_ids
                if message_id in self._receipts
            ]
        if not held:
            return set()
        entries = [{"Id": str(index), "ReceiptHandle": handle, **options} for index, (_, handle) in enumerate(held)]
        answer = operation(QueueUrl=self._queue_url, Entries=entries)
        return {held[int(entry["Id"])][0] for entry in answer.get("Successful", [])}

    def _get_next_timeout(self) -> tuple[int, float]:
        """Return a visibility timeout in seconds, and its end.

        The end is by `time.monotonic`, for a timeout that begins now.
        """
        now = time.monotonic()
        seconds = min(MAX_HIDDEN_SECONDS, HIDDEN_SECONDS + round(now - self._started))
        return seconds, now + seconds
