"""Deleting all that there is of a tenant. Everything here may be done again: what is gone already is not missed."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.exceptions import PutError

from models.crypto.data_key import DataKey
from models.logs.log_record import LogRecord
from models.tables.connection import Table
from models.tenants.api_key import ApiKey
from models.tenants.tenant import Tenant
from models.tenants.tenant_activity import TenantActivity
from models.tenants.tenant_policy import TenantPolicy

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
DELETES_A_CALL = 25
FIRST_DELAY_SECONDS = 0.1
LONGEST_DELAY_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
"""For so long nothing may be deleted, because DynamoDB throttles, before that is an error."""

Key = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class OfTenant:
    """A table that has rows of tenants, which its hash key, or that of an index, names: `tenant_id`.

    Attributes:
        rows: what they are, for people.
        model: of the table.
        key: names of its hash key, and its range key if it has one.
        index: by which a tenant's rows are found; None for the table itself.
    """

    rows: str
    model: type[Table]
    key: tuple[str, ...]
    index: str | None = None

    def count(self, tenant_id: str) -> int:
        """How many rows a tenant has.

        Raises:
            pynamodb.exceptions.QueryError: DynamoDB did not answer.
        """
        return sum(page["Count"] for page in self._pages(tenant_id, select="COUNT"))

    def delete(self, tenant_id: str) -> Iterator[int]:
        """Delete a tenant's rows; yields how many at a time.

        Raises:
            pynamodb.exceptions.QueryError, pynamodb.exceptions.PutError: DynamoDB did not answer, or throttled for too
                long; the rest is still there.
        """
        for page in self._pages(tenant_id, attributes_to_get=list(self.key)):
            keys = [{name: item[name] for name in self.key} for item in page["Items"]]
            for start in range(0, len(keys), DELETES_A_CALL):
                yield from self._delete(keys[start : start + DELETES_A_CALL])

    def _pages(self, tenant_id: str, **wanted: Any) -> Iterator[dict[str, Any]]:
        """What Query answers; DynamoDB reads 1 MiB a call."""
        start = None
        while True:
            page = self.model._get_connection().query(
                tenant_id,
                index_name=self.index,
                consistent_read=self.index is None,
                exclusive_start_key=start,
                **wanted,
            )
            yield page
            if (start := page.get("LastEvaluatedKey")) is None:
                return

    def _delete(self, keys: Sequence[Key]) -> Iterator[int]:
        """As many calls as it takes: DynamoDB does some of a call, and leaves the others."""
        table = self.model.Meta.table_name
        delay, deadline = FIRST_DELAY_SECONDS, time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self.model._get_connection().batch_write_item(delete_items=keys)
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
            delay = min(2 * delay, LONGEST_DELAY_SECONDS)


OF_TENANTS = (
    # The data keys first: without them no original can be read, however long the rest takes.
    OfTenant("data keys", DataKey, ("tenant_id", "key_id")),
    OfTenant("API keys", ApiKey, ("key_id",), index="tenant"),
    OfTenant("records", LogRecord, ("tenant_id", "log_id")),
    OfTenant("minutes of activity", TenantActivity, ("tenant_id", "minute")),
)
"""All tables with rows that are a tenant's. Its own row and its policy's stay, to tell that it was erased, and so does
who read its originals."""


def is_known(tenant_id: str) -> bool:
    """Whether there is anything of a tenant.

    Raises:
        pynamodb.exceptions.PynamoDBException: DynamoDB did not answer.
    """
    if Tenant.of(tenant_id) is not None or TenantPolicy.of(tenant_id) is not None:
        return True
    return any(table.count(tenant_id) for table in OF_TENANTS)


def begin(tenant_id: str) -> str:
    """Suspend a tenant for good, forget its policy and its secret, and let nothing of it be stored any more.

    Returns:
        Since when that is so, ISO 8601 in UTC; when it was begun before, since then.
    Raises:
        pynamodb.exceptions.UpdateError: DynamoDB did not answer.
    """
    Tenant.begin_erasure(tenant_id)
    return TenantPolicy.begin_erasure(tenant_id)


def end(tenant_id: str) -> None:
    """Note that nothing is left.

    Raises:
        pynamodb.exceptions.UpdateError: DynamoDB did not answer.
    """
    Tenant.end_erasure(tenant_id)
