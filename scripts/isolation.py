"""The check behind scripts/test_isolation.sh.

Every tenant gets a log of its own under one shared log id, through /ingest. Then each tenant is asked for all that it
has, page by page, with the cursors of the others too: these are refused, and whatever comes back has to be its own.
"""

import json
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import suppress

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from models import CursorRefused, LogRecord
from settings import settings

DEFAULT_TENANTS = ["tenant-1", "tenant-2", "tenant-3"]
STORED_SECONDS = 60


class CannotCheck(Exception):
    """The check could not run; the message says why."""


def plant(tenants: list[str], log_id: str) -> None:
    """Give every tenant a log that names it, under the same log id, and wait until all are stored."""
    for tenant in tenants:
        body = json.dumps({"tenant_id": tenant, "log_id": log_id, "text": f"marker of {tenant}"}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{settings.port}/ingest", body, {"Content-Type": "application/json"}
        )
        try:
            urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - http on loopback
        except OSError as error:
            raise CannotCheck(f"/ingest does not take a log ({error}); is `make run` running?") from None
    deadline = time.monotonic() + STORED_SECONDS
    waiting = set(tenants)
    while waiting:
        if time.monotonic() > deadline:
            raise CannotCheck(f"not stored within {STORED_SECONDS} s: {', '.join(sorted(waiting))}")
        waiting = {tenant for tenant in waiting if not _has(tenant, log_id)}
        time.sleep(0.1)


def _has(tenant: str, log_id: str) -> bool:
    try:
        LogRecord.of(tenant, log_id)
    except DoesNotExist:
        return False
    return True


def records_of(tenant: str, cursor: str | None = None) -> Iterator[LogRecord]:
    """All of a tenant's records from `cursor` on."""
    while True:
        page = LogRecord.for_tenant(tenant, limit=1000, cursor=cursor)
        yield from page.records
        if (cursor := page.cursor) is None:
            return


def foreign_items(tenant: str, tenants: list[str], log_id: str) -> tuple[int, int]:
    """How many items a tenant sees, and how many of those are another one's."""
    seen = list(records_of(tenant))
    seen.append(LogRecord.of(tenant, log_id))
    for other in tenants:
        first_page = LogRecord.for_tenant(other, limit=1)
        if first_page.cursor is not None:
            with suppress(CursorRefused):
                seen.extend(records_of(tenant, first_page.cursor))
    markers = {f"marker of {other}" for other in tenants if other != tenant}
    foreign = [record for record in seen if record.tenant_id != tenant or record.open_original() in markers]
    return len(seen), len(foreign)


def main(tenants: list[str]) -> int:
    """Check and print a line a tenant.

    Returns:
        0 when no tenant sees another one's items, 1 when one does, 2 when it could not be checked.
    """
    log_id = f"isolation-{uuid.uuid4()}"
    leaks = 0
    try:
        plant(tenants, log_id)
        for tenant in tenants:
            seen, foreign = foreign_items(tenant, tenants, log_id)
            print(f"{tenant}: {seen} items read, {foreign} of another tenant")
            leaks += foreign
    except (CannotCheck, PynamoDBException) as error:
        print(f"test_isolation: {error}", file=sys.stderr)
        return 2
    print("isolated" if not leaks else f"NOT ISOLATED: {leaks} leaks")
    return 0 if not leaks else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or DEFAULT_TENANTS))
