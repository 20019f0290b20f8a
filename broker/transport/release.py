"""What a stopping process still owes SQS, paid with blocking calls that give up soon."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from broker.batching import Held, batches

logger = logging.getLogger(__name__)

TRIES = 3

Entries = list[dict[str, Any]]


def delete_now(client: Any, held: Held) -> None:
    """Ack messages. Those that it can't reach come back after their visibility timeout and are done again.

    Args:
        client: boto3's SQS client.
        held: the messages.
    """
    _in_batches(held, "ack", lambda url, entries: client.delete_message_batch(QueueUrl=url, Entries=entries), {})


def make_visible_now(client: Any, held: Held) -> bool:
    """Give messages back, for others to take at once. Those it can't reach come back a timeout later.

    Args:
        client: boto3's SQS client.
        held: the messages.
    Returns:
        Whether SQS took the calls.
    """
    return _in_batches(
        held,
        "give back",
        lambda url, entries: client.change_message_visibility_batch(QueueUrl=url, Entries=entries),
        {"VisibilityTimeout": 0},
    )


def _in_batches(held: Held, what: str, call: Callable[[str, Entries], Any], options: Mapping[str, Any]) -> bool:
    for url, receipts in held.items():
        for batch in batches(receipts):
            entries = [{"Id": str(place), "ReceiptHandle": receipt, **options} for place, receipt in enumerate(batch)]
            try:
                left = _try(call, url, entries)
            except (ClientError, BotoCoreError, OSError) as error:
                logger.warning("could not %s %d messages: %s", what, len(batch), type(error).__name__)
                return False  # the rest would wait for the same outage, and the process is to stop
            if left:
                logger.warning("could not %s %d messages: SQS refused them alone", what, len(left))
    return True


def _try(call: Callable[[str, Entries], Any], url: str, entries: Entries) -> Entries:
    """The entries that failed TRIES times though nothing is wrong with them."""
    for _ in range(TRIES):
        answer = call(url, entries)
        failed = {entry["Id"] for entry in answer.get("Failed", []) if not entry["SenderFault"]}
        entries = [entry for entry in entries if entry["Id"] in failed]
        if not entries:
            break
    return entries
