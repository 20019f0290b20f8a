"""Records of who read which originals."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NoReturn

import uuid_utils
from pynamodb.attributes import ListAttribute, UnicodeAttribute

from foundation.timestamps import get_timestamp
from models.errors import TenantRequired
from models.tables.base import TenantTable
from models.tables.connection import RequestPathMeta
from models.times import build_lower_bound_key, to_microseconds
from settings import settings

MAX_IDS = 300
"""Log ids of a row. At most 300 KB with the longest ids, below the 400 KB of an item."""


class AccessRecord(TenantTable):
    """One read of originals of a tenant's logs.

    It is stored before the originals are returned, never changes, and never expires.
    """

    class Meta(RequestPathMeta):
        table_name = settings.access_table

    tenant_id = UnicodeAttribute(hash_key=True)
    access_id = UnicodeAttribute(range_key=True)
    """A UUIDv7."""
    read_at = UnicodeAttribute()
    """ISO 8601 in UTC."""
    key_id = UnicodeAttribute()
    """The `ApiKey` that was used, or `command:USER` for an operator's command."""
    request_id = UnicodeAttribute()
    log_ids: "ListAttribute[str]" = ListAttribute(of=UnicodeAttribute)  # type: ignore[arg-type]  # wrong in the package

    @classmethod
    def add(cls, tenant_id: str, key_id: str, request_id: str, log_ids: Sequence[str]) -> None:
        """Record that an API key is about to read these originals.

        One row for each MAX_IDS logs.

        Raises:
            pynamodb.exceptions.PutError: DynamoDB did not answer; the originals must not be returned.
        """
        for begin in range(0, len(log_ids), MAX_IDS):
            cls(
                tenant_id,
                str(uuid_utils.uuid7()),
                read_at=get_timestamp(),
                key_id=key_id,
                request_id=request_id,
                log_ids=list(log_ids[begin : begin + MAX_IDS]),
            ).save(cls.access_id.does_not_exist())

    @classmethod
    def between(cls, tenant_id: str, since: datetime, until: datetime) -> Iterator["AccessRecord"]:
        """Yield a tenant's records from `since` to before `until`, in order.

        Raises:
            TenantRequired: no tenant was named.
            pynamodb.exceptions.QueryError: DynamoDB did not answer.
        """
        if not tenant_id:
            raise TenantRequired("reads of originals are listed for one tenant; name it")
        begin, end = build_lower_bound_key(to_microseconds(since)), build_lower_bound_key(to_microseconds(until))
        if begin < end:
            yield from cls.query(tenant_id, cls.access_id.between(begin, end))

    def update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: what was read stays read.

        Raises:
            TypeError: always.
        """
        raise TypeError("a record of access is never changed")
