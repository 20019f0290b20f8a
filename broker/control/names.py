"""Names of remote control's queues, by which a sweep recognises them.

    <prefix><worker's node name>-<8 hex digits>-celery-pidbox    a worker's mailbox: commands to it
    <prefix><caller's id>-reply-celery-pidbox                    replies to Flower or `celery inspect`
    <prefix>celeryev-<receiver's id>                             events for Flower or `celery events`

No two processes ever have a queue of the same name. Stock kombu names a worker's mailbox for its node alone; but SQS
refuses a name for 60 s after its queue was deleted, so a worker that stops and starts would be refused.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
"""

CONTROL_TOPICS = ("celery-pidbox", "celeryev")
MAX_QUEUE_NAME_CHARACTERS = 80

_PIDBOX = "-celery-pidbox"
_REPLY = "-reply-celery-pidbox"
_EVENTS = "celeryev-"


def is_control_queue(name: str, prefix: str) -> bool:
    """Return whether `name` is one of these names under `prefix`."""
    rest = name.removeprefix(prefix)
    return name.startswith(prefix) and (rest.endswith(_PIDBOX) or rest.startswith(_EVENTS))


def is_worker_mailbox(name: str, prefix: str) -> bool:
    """Return whether the queue holds commands to a worker."""
    return is_control_queue(name, prefix) and name.endswith(_PIDBOX) and not is_reply_queue(name, prefix)


def is_reply_queue(name: str, prefix: str) -> bool:
    """Return whether the queue holds replies to a caller."""
    return name.startswith(prefix) and name.endswith(_REPLY)


def is_event_queue(name: str, prefix: str) -> bool:
    """Return whether the queue holds events for a receiver."""
    return name.startswith(prefix + _EVENTS)


def worker_mailbox_name(stock_name: str, process_id: str) -> str:
    """Return a worker's mailbox name, made unique to its process.

    It is cut to the length that SQS takes.

    Args:
        stock_name: kombu's name of it, `<prefix><node name>-celery-pidbox`.
        process_id: the process's own 8 hex digits.
    """
    tail = f"-{process_id}{_PIDBOX}"
    return stock_name.removesuffix(_PIDBOX)[: MAX_QUEUE_NAME_CHARACTERS - len(tail)] + tail
