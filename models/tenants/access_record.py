"""Who was given originals."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NoReturn

import uuid_utils
from pynamodb.attributes import ListAttribute, UnicodeAttribute

from foundation.timestamps import get_timestamp
from models.errors import TenantRequired
from models.tables.connection import Awaited
from models.tables.tenant_table import TenantTable
from models.times import first_key_of, microseconds_of
from settings import settings

MAX_IDS = 300
"""Logs of a row; with ids as long as they may be these are 300 KB, of the 400 KB that an item may have."""


class AccessRecord(TenantTable):
    """A reading of originals of a tenant's logs. It is stored before they are given out, never changed, and stays."""

    class Meta(Awaited):
        table_name = settings.access_table

    tenant_id = UnicodeAttribute(hash_key=True)
    access_id = UnicodeAttribute(range_key=True)
    """A UUIDv7."""
    read_at = UnicodeAttribute()
    """ISO 8601 in UTC."""
    key_id = UnicodeAttribute()
    """Of the key that was used, as in `ApiKey`."""
    request_id = UnicodeAttribute()
    log_ids: "ListAttribute[str]" = ListAttribute(of=UnicodeAttribute)  # type: ignore[arg-type]  # wrong in the package

    @classmethod
    def add(cls, tenant_id: str, key_id: str, request_id: str, log_ids: Sequence[str]) -> None:
        """Store that the originals of these logs are about to be given to who has a key; MAX_IDS a row.

        Raises:
            pynamodb.exceptions.PutError: DynamoDB did not answer; they must not be given out.
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
        """The readings of a tenant's originals from `since` to before `until`, in order.

        Raises:
            TenantRequired: no tenant was named.
            pynamodb.exceptions.QueryError: DynamoDB did not answer.
        """
        if not tenant_id:
            raise TenantRequired("readings are listed for one tenant; name it")
        begin, end = first_key_of(microseconds_of(since)), first_key_of(microseconds_of(until))
        if begin < end:
            yield from cls.query(tenant_id, cls.access_id.between(begin, end))

    def update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused.

        Raises:
            TypeError: always.
        """
        raise TypeError("what was read was read")
