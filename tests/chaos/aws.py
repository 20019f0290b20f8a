"""Clients of the engine that go past the proxy."""

from collections.abc import Iterable, Iterator

from benchmarks.engine_client import engine_client
from settings import settings

STORED_BEFORE = "another text with the same id"
_STATES = ("", "NotVisible", "Delayed")


class Aws:
    """Clients of the engine.

    Args:
        url: the engine's.
        queue_prefix: of the queues.
    """

    def __init__(self, url: str, queue_prefix: str) -> None:
        self._dynamodb = engine_client("dynamodb", url)
        self._sqs = engine_client("sqs", url)
        self._queue_prefix = queue_prefix

    def list_stored(self, tenants: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Yield tenant, log id and original text of every stored log."""
        for tenant in tenants:
            pages = self._dynamodb.get_paginator("query").paginate(
                TableName=settings.logs_table,
                KeyConditionExpression="tenant_id = :tenant",
                ExpressionAttributeValues={":tenant": {"S": tenant}},
                ConsistentRead=True,
            )
            for page in pages:
                for item in page["Items"]:
                    yield tenant, item["log_id"]["S"], item["original_text"]["S"]

    def take_ids(self, ids: Iterable[tuple[str, str]]) -> None:
        """Store STORED_BEFORE under tenants and log ids."""
        for tenant, log_id in ids:
            fields = {name: {"S": STORED_BEFORE} for name in ("original_text", "modified_text")}
            item_key = {"tenant_id": {"S": tenant}, "log_id": {"S": log_id}}
            item = {**item_key, **fields, "processed_at": {"S": "2026-01-01T00:00:00.000Z"}}
            self._dynamodb.put_item(TableName=settings.logs_table, Item=item)

    def free_ids(self, ids: Iterable[tuple[str, str]]) -> None:
        """Delete what `take_ids` stored."""
        for tenant, log_id in ids:
            item_key = {"tenant_id": {"S": tenant}, "log_id": {"S": log_id}}
            self._dynamodb.delete_item(TableName=settings.logs_table, Key=item_key)

    def send(self, queue: str, body: str) -> None:
        """Put a message into a queue, past the proxy and past Sluice."""
        self._sqs.send_message(QueueUrl=self._url(queue), MessageBody=body)

    def count_messages(self, queue: str) -> int:
        """Return the number of messages in a queue, visible or not."""
        names = [f"ApproximateNumberOfMessages{state}" for state in _STATES]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._url(queue), AttributeNames=names)["Attributes"]
        return sum(int(attributes[name]) for name in names)

    def get_arn(self, queue: str) -> str:
        """Return the ARN of a queue."""
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url(queue), AttributeNames=["QueueArn"])
        arn: str = answer["Attributes"]["QueueArn"]
        return arn

    def set_attributes(self, queue: str, **attributes: str) -> None:
        """Change attributes of a queue."""
        self._sqs.set_queue_attributes(QueueUrl=self._url(queue), Attributes=attributes)

    def _url(self, queue: str) -> str:
        url: str = self._sqs.get_queue_url(QueueName=self._queue_prefix + queue)["QueueUrl"]
        return url
