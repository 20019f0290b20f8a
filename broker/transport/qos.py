"""Messages that a channel has delivered and not yet acked or rejected."""

from collections.abc import Collection, Iterable
from typing import Any

from kombu.transport import SQS


class QoS(SQS.QoS):
    """Kombu's record of delivered messages, given back to SQS in batches."""

    def get_held(self, running: Collection[str] = ()) -> dict[str, list[str]]:
        """Return the receipts of unacked messages, by queue URL.

        Args:
            running: delivery tags to leave out.
        """
        return self._group_receipts(self._get_held_tags(running))

    def release_all_but(self, running: Collection[str]) -> dict[str, list[str]]:
        """Forget all messages but the running ones.

        Returns:
            The receipts of the forgotten ones, by queue URL.
        """
        tags = self._get_held_tags(running)
        receipts = self._group_receipts(tags)
        for tag in tags:
            self.ack(tag)
        return receipts

    def _get_held_tags(self, running: Collection[str]) -> list[str]:
        # Kombu's private dictionaries: it has no public list of what is unacked. `_dirty` has the tags that were acked
        # or rejected and are still in `_delivered`.
        return [tag for tag in list(self._delivered) if tag not in self._dirty and tag not in running]

    def _group_receipts(self, tags: Iterable[str]) -> dict[str, list[str]]:
        receipts: dict[str, list[str]] = {}
        for tag in tags:
            queue_url, receipt = self.find_receipt(tag)
            receipts.setdefault(queue_url, []).append(receipt)
        receipts.pop("", None)
        return receipts

    def find_receipt(self, delivery_tag: str) -> tuple[str, str]:
        """Return a message's queue URL and receipt.

        Both are empty if it is not held or not from SQS.
        """
        try:
            delivery = self.get(delivery_tag).delivery_info
            return delivery["sqs_queue"], delivery["sqs_message"]["ReceiptHandle"]
        except KeyError:
            return "", ""

    def restore_unacked_once(self, stderr: Any = None) -> None:
        """Give back everything that is held.

        Kombu calls this when the channel closes or the process ends.

        Stock kombu makes one call a message, and writes those that it can't restore to a file in plain text.
        """
        self._on_collect.cancel()
        if not self._delivered.restored:
            held = self.get_held()
            self._delivered.clear()
            self._delivered.restored = True
            self.channel.settle(held)
