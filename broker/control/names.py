"""How remote control's queues are called in SQS, and what may therefore be swept.

    <prefix><worker's node name>-<8 hex digits>-celery-pidbox    commands to one worker
    <prefix><caller's id>-reply-celery-pidbox                    answers to Flower or `celery inspect`
    <prefix>celeryev-<receiver's id>                             events for Flower or `celery events`

Each is a name that no other process ever has. Stock kombu calls a worker's queue after its node alone; but a name whose
queue was deleted can't be taken again for 60 s, so that a worker that is stopped and started would be refused.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
"""

CONTROL_TOPICS = ("celery-pidbox", "celeryev")
MAX_QUEUE_NAME_CHARACTERS = 80

_PIDBOX = "-celery-pidbox"
_REPLY = "-reply-celery-pidbox"
_EVENTS = "celeryev-"


def is_control_queue(name: str, prefix: str) -> bool:
    """Whether `name`, as SQS has it, is one of the names above under `prefix`."""
    rest = name.removeprefix(prefix)
    return name.startswith(prefix) and (rest.endswith(_PIDBOX) or rest.startswith(_EVENTS))


def is_worker_mailbox(name: str, prefix: str) -> bool:
    """Whether it holds commands to a worker."""
    return is_control_queue(name, prefix) and name.endswith(_PIDBOX) and not is_reply_queue(name, prefix)


def is_reply_queue(name: str, prefix: str) -> bool:
    """Whether it holds answers to a caller."""
    return name.startswith(prefix) and name.endswith(_REPLY)


def is_event_queue(name: str, prefix: str) -> bool:
    """Whether it holds events for a receiver."""
    return name.startswith(prefix + _EVENTS)


def worker_mailbox_name(stock_name: str, process: str) -> str:
    """Kombu's name of a worker's queue with `process` in it, cut to what SQS takes.

    Args:
        stock_name: `<prefix><node name>-celery-pidbox`.
        process: the process's own 8 hex digits.
    """
    tail = f"-{process}{_PIDBOX}"
    return stock_name.removesuffix(_PIDBOX)[: MAX_QUEUE_NAME_CHARACTERS - len(tail)] + tail
