"""Submission of a batch to the redact queue."""

from settings import settings
from tasks.batch import Batch
from tasks.submission.group_commit import GroupCommit, QueueFull
from tasks.submission.shared_messages import QueueUnavailable, publish_batches

__all__ = ["QueueFull", "QueueUnavailable", "submit"]

_group_commit = GroupCommit(publish_batches, settings.max_waiting_bytes)


def submit(batch: Batch) -> None:
    """Publish a batch; when this returns, SQS has it.

    With `settings.group_commit` the batch shares messages with those of the same tenant that wait at that moment.

    Raises:
        QueueFull: too much waits for SQS already.
        QueueUnavailable: SQS did not answer or refused; it may have a part of a batch that needs several messages.
        broker.transport.sending.MessageTooLarge: a single log is too large for a message.
    """
    if settings.group_commit:
        _group_commit.submit(batch)
    elif error := publish_batches([batch])[0]:
        raise error
