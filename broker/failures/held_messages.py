"""Messages of a queue that one reader holds: hidden from others until it deletes them or gives them back."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from botocore.exceptions import ClientError

from broker.batching import BATCH_SIZE, batches
from broker.transport.visibility import make_visible_now
from settings import settings

POLL_SECONDS = 1
"""A long poll asks all of SQS's servers; one that brings nothing means that there is nothing."""
HIDDEN_SECONDS = settings.visibility_timeout_seconds
MARGIN_SECONDS = HIDDEN_SECONDS / 3
"""So long before a message is visible again it is hidden for longer."""
LONGEST_HIDDEN_SECONDS = 43_200
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
MOST_HELD = 120_000
"""Messages of a queue that SQS hands out, to all its readers together, before some are deleted or given back."""


@dataclass(frozen=True, slots=True)
class _Hold:
    """Of one message: by what it can be deleted, and when it will be visible again (`time.monotonic`)."""

    receipt: str
    until: float


class HeldMessages:
    """All that is received, by SQS's message id.

    A reader that is killed can't give anything back, so messages are hidden for as long as it has run by then and
    HIDDEN_SECONDS more, and again before that time is over: that makes few calls, and what a killed one held is back
    soon.

    Attributes:
        is_full: SQS hands out no more before some are deleted.

    Args:
        sqs: boto3's client.
        queue_url: of the queue.
        most: at so many it is full.
    """

    def __init__(self, sqs: Any, queue_url: str, most: int = MOST_HELD) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._most = most
        self._over_limit = False
        self._lock = threading.Lock()
        self._began = time.monotonic()
        # In the order in which they become visible.
        self._holds: dict[str, _Hold] = {}

    def __len__(self) -> int:
        return len(self._holds)

    @property
    def is_full(self) -> bool:
        return self._over_limit or len(self._holds) >= self._most

    def receive(self) -> list[Any]:
        """Up to ten messages that were not held before, as boto3 has them; waits POLL_SECONDS for some.

        Raises:
            botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: SQS refused, or did not answer.
        """
        seconds, until = self._next_timeout()
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
                if self._holds.pop(message["MessageId"], None) is None:
                    new.append(message)
                self._holds[message["MessageId"]] = _Hold(message["ReceiptHandle"], until)
        return new

    def keep(self, executor: Executor) -> None:
        """Hide for longer what will soon be visible. To be called now and then.

        Raises:
            As `receive`.
        """
        soon = time.monotonic() + MARGIN_SECONDS
        with self._lock:
            ending = [its for its, _ in takewhile(lambda entry: entry[1].until < soon, self._holds.items())]
        for _ in executor.map(self._keep, batches(ending)):
            pass

    def delete(self, message_ids: Sequence[str]) -> set[str]:
        """Delete messages for good; the ids of those that SQS deleted.

        Raises:
            As `receive`.
        """
        deleted: set[str] = set()
        for batch in batches(message_ids):
            deleted |= self._call(batch, self._sqs.delete_message_batch)
        with self._lock:
            for its in deleted:
                self._holds.pop(its, None)
            self._over_limit = self._over_limit and not deleted
        return deleted

    def give_back(self, executor: Executor) -> Iterator[int]:
        """Make all of them visible, until SQS fails; yields how many at a time."""
        with self._lock:
            held = list(self._holds.items())
        for some in batches(held, 32 * BATCH_SIZE):
            receipts = [hold.receipt for _, hold in some]
            calls = executor.map(lambda ten: make_visible_now(self._sqs, {self._queue_url: ten}), batches(receipts))
            if not all(list(calls)):
                return
            for its, _ in some:
                self._holds.pop(its, None)
            yield len(some)

    def _keep(self, message_ids: Sequence[str]) -> None:
        seconds, until = self._next_timeout()
        kept = self._call(message_ids, self._sqs.change_message_visibility_batch, VisibilityTimeout=seconds)
        with self._lock:
            for its in message_ids:
                # One that SQS does not keep is visible by now: it will be received again, or be another's.
                hold = self._holds.pop(its)
                if its in kept:
                    self._holds[its] = _Hold(hold.receipt, until)

    def _call(self, message_ids: Sequence[str], operation: Any, **options: Any) -> set[str]:
        """Do it to up to ten messages that are held; the ids of those for which it worked."""
        with self._lock:
            held = [(its, self._holds[its].receipt) for its in message_ids if its in self._holds]
        if not held:
            return set()
        entries = [{"Id": str(place), "ReceiptHandle": receipt, **options} for place, (_, receipt) in enumerate(held)]
        answer = operation(QueueUrl=self._queue_url, Entries=entries)
        return {held[int(entry["Id"])][0] for entry in answer.get("Successful", [])}

    def _next_timeout(self) -> tuple[int, float]:
        """Seconds from now, and the time when they are over."""
        now = time.monotonic()
        seconds = min(LONGEST_HIDDEN_SECONDS, HIDDEN_SECONDS + round(now - self._began))
        return seconds, now + seconds
