"""Deleting a tenant's rows from every table. Each step may be repeated."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.exceptions import PutError

from models.crypto.data_key import DataKey
from models.logs.log_record import LogRecord
from models.tables.base import Table
from models.tenants.api_key import ApiKey
from models.tenants.tenant import Tenant
from models.tenants.tenant_activity import TenantActivity
from models.tenants.tenant_policy import TenantPolicy

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
DELETES_PER_CALL = 25
FIRST_DELAY_SECONDS = 0.1
MAX_DELAY_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
"""How long DynamoDB may throttle every delete before that is an error."""

PrimaryKey = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class TenantRows:
    """The rows of a tenant in one table.

    Their `tenant_id` is the hash key of the table, or of an index.

    Attributes:
        label: name of the rows, for people.
        model: the table's model.
        key_attributes: names of its hash key, and of its range key if it has one.
        index: the index that finds a tenant's rows; None for the table itself.
    """

    label: str
    model: type[Table]
    key_attributes: tuple[str, ...]
    index: str | None = None

    def count(self, tenant_id: str) -> int:
        """Count a tenant's rows.

        Raises:
            pynamodb.exceptions.QueryError: DynamoDB did not answer.
        """
        return sum(page["Count"] for page in self._query_pages(tenant_id, select="COUNT"))

    def delete(self, tenant_id: str) -> Iterator[int]:
        """Delete a tenant's rows; yield the number of each call.

        Raises:
            pynamodb.exceptions.QueryError, pynamodb.exceptions.PutError: DynamoDB did not answer, or throttled for too
                long; the remaining rows are still there.
        """
        for page in self._query_pages(tenant_id, attributes_to_get=list(self.key_attributes)):
            keys = [{name: item[name] for name in self.key_attributes} for item in page["Items"]]
            for start in range(0, len(keys), DELETES_PER_CALL):
                yield from self._delete(keys[start : start + DELETES_PER_CALL])

    def _query_pages(self, tenant_id: str, **options: Any) -> Iterator[dict[str, Any]]:
        """Yield the answers of Query, each of at most 1 MiB."""
        start = None
        while True:
            # Raw answers: they are counts or bare keys, of which no models need to be built.
            page = self.model.get_connection().query(
                tenant_id,
                index_name=self.index,
                consistent_read=self.index is None,
                exclusive_start_key=start,
                **options,
            )
            yield page
            if (start := page.get("LastEvaluatedKey")) is None:
                return

    def _delete(self, keys: Sequence[PrimaryKey]) -> Iterator[int]:
        """Delete rows in as many calls as it takes.

        DynamoDB may do a part of a call and return the rest as UnprocessedItems.
        """
        table = self.model.Meta.table_name
        delay, deadline = FIRST_DELAY_SECONDS, time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self.model.get_connection().batch_write_item(delete_items=keys)
            except PutError:
                if time.monotonic() > deadline:
                    raise
                left = keys
            else:
                left = [request["DeleteRequest"]["Key"] for request in answer["UnprocessedItems"].get(table, [])]
            if len(left) < len(keys):
                yield len(keys) - len(left)
                delay, deadline = FIRST_DELAY_SECONDS, time.monotonic() + PATIENCE_SECONDS
            if not left:
                return
            keys = left
            time.sleep(delay)
            delay = min(2 * delay, MAX_DELAY_SECONDS)


TENANT_ROWS = (
    # Data keys first: without them no original can be read, however long the rest takes.
    TenantRows("data keys", DataKey, ("tenant_id", "key_id")),
    TenantRows("API keys", ApiKey, ("key_id",), index="tenant"),
    TenantRows("records", LogRecord, ("tenant_id", "log_id")),
    TenantRows("minutes of activity", TenantActivity, ("tenant_id", "minute")),
)
"""Rows that an erasure deletes.

The tenant's own row and its policy's stay, to record the erasure, and so do the records of who read its originals.
"""


def tenant_exists(tenant_id: str) -> bool:
    """Return whether any table has a row of the tenant.

    Raises:
        pynamodb.exceptions.PynamoDBException: DynamoDB did not answer.
    """
    if Tenant.get_or_none(tenant_id) is not None or TenantPolicy.get_or_none(tenant_id) is not None:
        return True
    return any(table.count(tenant_id) for table in TENANT_ROWS)


def begin_erasure(tenant_id: str) -> str:
    """Suspend a tenant for good, and delete its policy and secret.

    Returns:
        When the erasure began, ISO 8601 in UTC; the first time if it began before.
    Raises:
        pynamodb.exceptions.UpdateError: DynamoDB did not answer.
    """
    Tenant.begin_erasure(tenant_id)
    return TenantPolicy.begin_erasure(tenant_id)


def end_erasure(tenant_id: str) -> None:
    """Record that the tenant's rows are deleted.

    Raises:
        pynamodb.exceptions.UpdateError: DynamoDB did not answer.
    """
    Tenant.end_erasure(tenant_id)
