"""The failure queue, for those who operate it: look, put back, throw away, keep in a file.

A message in it is a Celery message that can run again, or what SQS moved there because no worker could do anything
with it: that has no reason of ours.
"""

import base64
import json
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from broker.batching import BATCH_SIZE, batches
from broker.queues import queue_url, sqs_client
from broker.release import make_visible_now
from broker.sending import Message, NotSent, Sending
from topology import FAILURES_QUEUE, MAX_MESSAGE_BYTES, TASK_QUEUES

if TYPE_CHECKING:
    pass

# Longer than reading 100,000 messages takes; what was looked at is given back at once when the looking ends.
HIDDEN_SECONDS = 120
READERS = 8
QUIET_SECONDS = 2.0
"""A queue from which nothing new came for so long, from any of its servers, has been read."""

WORKER_DIED = "too_many_receives"
"""The reason of what SQS moved: its worker died each time, or could not read it."""
UNREADABLE = "unreadable"
"""The reason of what SQS moved and is no message of ours."""

# Headers that say why it failed; the next try is a fresh one.
_WHY = ("reason", "exception", "failed_at", "origin_queue", "attempts", "detail")


class DeadLetter(msgspec.Struct, frozen=True):
    """A message of the failure queue. `body` has texts in it; all else may be shown.

    Attributes:
        message_id: SQS's.
        receipt: by which it can be deleted for as long as it is held.
        failed_at: ISO 8601, UTC; when it came into a queue first if nobody noted when it failed.
        origin_queue: where it can run again; empty when it can't.
        log_ids: of the logs in it.
    """

    message_id: str
    receipt: str
    body: str
    reason: str
    failed_at: str
    tenant_id: str = ""
    request_id: str = ""
    task: str = ""
    origin_queue: str = ""
    exception: str = ""
    detail: str = ""
    attempts: int = 0
    log_ids: tuple[str, ...] = ()

    @property
    def age_seconds(self) -> float:
        """How long ago it failed."""
        return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(self.failed_at)).total_seconds())

    def shown(self) -> dict[str, Any]:
        """All but its text."""
        public = msgspec.to_builtins(self)
        for name in ("body", "receipt"):
            del public[name]
        return {**public, "log_ids": list(self.log_ids), "age_seconds": round(self.age_seconds)}


class DeadLetters:
    """The messages of the failure queue, held while this is open and given back when it closes.

        with DeadLetters() as letters:
            for letter in letters: ...

    Raises:
        botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: SQS refused, or did not answer.
    """

    def __init__(self) -> None:
        self._sqs = sqs_client()
        self._url = queue_url(self._sqs, FAILURES_QUEUE)
        self._held: dict[str, str] = {}
        self._urls: dict[str, str] = {}

    def __enter__(self) -> "DeadLetters":
        return self

    def __exit__(self, *_: object) -> None:
        """Give back what was neither redriven nor discarded. What can't be is back after HIDDEN_SECONDS."""
        receipts = list(self._held.values())
        with ThreadPoolExecutor(READERS) as pool:
            list(pool.map(lambda some: make_visible_now(self._sqs, {self._url: some}), batches(receipts)))
        self._held.clear()

    def approximate_count(self) -> int:
        """How many messages SQS says that there are, hidden ones included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes: dict[Any, str] = self._sqs.get_queue_attributes(
            QueueUrl=self._url,
            AttributeNames=names,  # type: ignore[arg-type]  # str for a Literal
        )["Attributes"]
        return sum(int(attributes[name]) for name in names)

    def __iter__(self) -> Iterator[DeadLetter]:
        """Each message that nobody else holds, once."""
        quiet_since = time.monotonic()
        with ThreadPoolExecutor(READERS) as pool:
            while time.monotonic() - quiet_since < QUIET_SECONDS:
                answers = list(pool.map(lambda _: self._receive(), range(READERS)))
                for message in (message for messages in answers for message in messages):
                    is_new = message["MessageId"] not in self._held
                    self._held[message["MessageId"]] = message["ReceiptHandle"]
                    if is_new:
                        quiet_since = time.monotonic()
                        yield read(message)

    def redrive(self, letters: Iterable[DeadLetter]) -> Iterator[DeadLetter]:
        """Put messages that can run back to where they came from, with a fresh count of tries.

        A dead one is deleted once SQS has the new one: killed in between, it runs twice, and storing twice is harmless.

        Yields:
            Each that is back.
        """
        sending = Sending()
        waiting = {_message(self._sqs, self._url_of(letter.origin_queue), letter): letter for letter in letters}
        for message in waiting:
            sending.add(message)
        try:
            sending.send()
        except NotSent:
            pass  # those that SQS did not take stay where they are
        finally:
            left = set(sending.unsent)
            sent = [letter for message, letter in waiting.items() if message not in left]
            self.discard(sent)
        yield from sent

    def discard(self, letters: Sequence[DeadLetter]) -> int:
        """Delete messages for good; how many SQS deleted."""
        deleted = 0
        for batch in batches(list(letters)):
            entries = [
                {"Id": str(place), "ReceiptHandle": self._held.get(letter.message_id, letter.receipt)}
                for place, letter in enumerate(batch)
            ]
            answer = self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]  # a dict
            for success in answer.get("Successful", []):
                self._held.pop(batch[int(success["Id"])].message_id, None)
                deleted += 1
        return deleted

    def add(self, bodies: Sequence[str]) -> None:
        """Put messages in that were kept elsewhere. SQS has all of them when this returns.

        Raises:
            broker.sending.NotSent: SQS refused some; the others are in.
        """
        sending = Sending()
        for body in bodies:
            sending.add(Message(self._sqs, self._url, {"MessageBody": body, **_group(_headers(body))}))
        sending.send()

    def _url_of(self, queue: str) -> str:
        if queue not in self._urls:
            self._urls[queue] = queue_url(self._sqs, queue)
        return self._urls[queue]

    def _receive(self) -> list[Any]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=BATCH_SIZE,
            VisibilityTimeout=HIDDEN_SECONDS,
            AttributeNames=["SentTimestamp"],
        )
        return answer.get("Messages", [])


def read(message: Any) -> DeadLetter:
    """A message as boto3 receives it."""
    body = message["Body"]
    sent = datetime.fromtimestamp(int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000, UTC)
    fixed = {"message_id": message["MessageId"], "receipt": message["ReceiptHandle"], "body": body}
    headers = _headers(body)
    task = headers.get("task")
    if not isinstance(task, str):
        return DeadLetter(**fixed, reason=UNREADABLE, failed_at=_iso(sent))
    payload = _payload(body)
    runs = task in TASK_QUEUES and payload is not None
    return DeadLetter(
        **fixed,
        reason=_said(headers, "reason") or (WORKER_DIED if runs else UNREADABLE),
        failed_at=_said(headers, "failed_at") or _iso(sent),
        tenant_id=_said(headers, "tenant_id"),
        request_id=_said(headers, "request_id"),
        task=task[:100],
        origin_queue=TASK_QUEUES[task] if runs else "",
        exception=_said(headers, "exception"),
        detail=_said(headers, "detail"),
        attempts=int(headers["attempts"]) if isinstance(headers.get("attempts"), int) else 0,
        log_ids=_log_ids(payload),
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _said(headers: dict[str, Any], name: str) -> str:
    value = headers.get(name)
    return value if isinstance(value, str) else ""


def _headers(body: str) -> dict[str, Any]:
    """Those of a Celery message; none of what is not one."""
    try:
        envelope = json.loads(body)
    except ValueError:
        return {}
    headers = envelope.get("headers") if isinstance(envelope, dict) else None
    return headers if isinstance(headers, dict) else {}


def _payload(body: str) -> Any:
    """The first argument of a Celery message; None when it can't be read."""
    try:
        envelope = json.loads(body)
        encoded = base64.b64decode(envelope["body"])
        if envelope["headers"].get("compression") == "application/x-gzip" or encoded[:1] == b"\x78":
            encoded = zlib.decompressobj().decompress(encoded, 8 * MAX_MESSAGE_BYTES)
        return json.loads(encoded)[0][0]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, zlib.error):
        return None


def _log_ids(payload: Any) -> tuple[str, ...]:
    logs = payload.get("logs") if isinstance(payload, dict) else None
    if not isinstance(logs, list):
        return ()
    return tuple(log["log_id"] for log in logs if isinstance(log, dict) and isinstance(log.get("log_id"), str))


def _message(sqs: Any, url: str, letter: DeadLetter) -> Message:
    envelope = json.loads(letter.body)
    headers = {name: value for name, value in envelope["headers"].items() if name not in _WHY}
    body = json.dumps({**envelope, "headers": {**headers, "retries": 0}})
    return Message(sqs, url, {"MessageBody": body, **_group(headers)})


def _group(headers: dict[str, Any]) -> dict[str, str]:
    tenant_id = _said(headers, "tenant_id")
    return {"MessageGroupId": tenant_id} if tenant_id else {}
