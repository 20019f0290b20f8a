"""The check behind scripts/test_isolation.sh.

Every tenant gets a log of its own under one shared log id, through /ingest. Then each tenant is asked for all that it
has, page by page, with the cursors of the others too: these are refused, and whatever comes back has to be its own.
"""

import argparse
import json
import re
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import suppress

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from models import CursorRefused, LogRecord
from settings import settings
from topology import TENANT_ID_PATTERN

DEFAULT_TENANTS = ["tenant-1", "tenant-2", "tenant-3"]
STORED_SECONDS = 60


class CannotCheck(Exception):
    """The check could not run; the message says why."""


def plant(tenants: list[str], log_id: str) -> None:
    """Send a log of each tenant, and wait until all are stored.

    Raises:
        CannotCheck: a log was refused, or not stored in time.
    """
    for tenant in tenants:
        body = json.dumps({"tenant_id": tenant, "log_id": log_id, "text": f"marker of {tenant}"}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{settings.port}/ingest", body, {"Content-Type": "application/json"}
        )
        try:
            urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - http on loopback
        except urllib.error.HTTPError as error:
            problem = json.loads(error.read() or b"{}").get("code", "no code")
            raise CannotCheck(f"/ingest refuses a log of {tenant}: {error.code} {problem}") from None
        except OSError as error:
            raise CannotCheck(f"/ingest does not answer ({error}); is `make run` running?") from None
    deadline = time.monotonic() + STORED_SECONDS
    waiting = set(tenants)
    while waiting:
        if time.monotonic() > deadline:
            raise CannotCheck(f"not stored within {STORED_SECONDS} s: {', '.join(sorted(waiting))}")
        waiting = {tenant for tenant in waiting if not _has_log(tenant, log_id)}
        time.sleep(0.1)


def _has_log(tenant: str, log_id: str) -> bool:
    try:
        LogRecord.of(tenant, log_id)
    except DoesNotExist:
        return False
    return True


def read_records(tenant: str, cursor: str | None = None) -> Iterator[LogRecord]:
    """Yield all records of a tenant from `cursor` on."""
    while True:
        page = LogRecord.for_tenant(tenant, limit=1000, cursor=cursor)
        yield from page.records
        if (cursor := page.cursor) is None:
            return


def count_items(tenant: str, tenants: list[str], log_id: str) -> tuple[int, int]:
    """Count the items that a tenant can read, and the foreign ones."""
    seen = list(read_records(tenant))
    seen.append(LogRecord.of(tenant, log_id))
    for other in tenants:
        first_page = LogRecord.for_tenant(other, limit=1)
        if first_page.cursor is not None:
            with suppress(CursorRefused):
                seen.extend(read_records(tenant, first_page.cursor))
    markers = {f"marker of {other}" for other in tenants if other != tenant}
    foreign = [record for record in seen if record.tenant_id != tenant or record.open_original() in markers]
    return len(seen), len(foreign)


def parse_tenants(arguments: list[str]) -> list[str]:
    """Return the tenants that the command line names."""
    parser = argparse.ArgumentParser(
        prog="scripts/test_isolation.sh",
        description="Check that no tenant reads another one's logs. Sends a log of each tenant, which stays stored.",
    )
    parser.add_argument("tenants", metavar="TENANT", nargs="*", help=f"two or more ({' '.join(DEFAULT_TENANTS)})")
    tenants: list[str] = parser.parse_args(arguments).tenants or DEFAULT_TENANTS
    if len(set(tenants)) < 2:
        parser.error("name two tenants or more: one alone sees no other one's logs")
    for tenant in tenants:
        if not re.fullmatch(TENANT_ID_PATTERN, tenant):
            parser.error(f"{tenant!r}: a tenant id has 1 to 64 of A-Z a-z 0-9 . _ -")
    return tenants


def main(tenants: list[str]) -> int:
    """Check the tenants, and print a line for each.

    Returns:
        0 if no tenant sees another one's items, 1 if one does, 2 if that could not be checked.
    """
    log_id = f"isolation-{uuid.uuid4()}"
    leaks = 0
    try:
        plant(tenants, log_id)
        for tenant in tenants:
            seen, foreign = count_items(tenant, tenants, log_id)
            print(f"{tenant}: {seen} items read, {foreign} of another tenant")
            leaks += foreign
    except (CannotCheck, PynamoDBException) as error:
        print(f"test_isolation: {error}", file=sys.stderr)
        return 2
    print("isolated" if not leaks else f"NOT ISOLATED: {leaks} leaks")
    return 0 if not leaks else 1


if __name__ == "__main__":
    sys.exit(main(parse_tenants(sys.argv[1:])))
