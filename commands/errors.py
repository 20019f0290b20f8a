"""What commands about tenants have in common."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import click

from models import TenantErased
from models.tables.connection import DYNAMODB_ERRORS
from models.tenants.tenant import ERASURE_REMEMBERED_FOR
from observability import safe_error_summary
from topology import TENANT_ID_PATTERN

MAKE_TABLES = "Try again; if the tables are not there yet, run: flask --app webapp db create"


class TenantId(click.ParamType[str]):
    """A tenant id that can be one."""

    name = "tenant id"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(TENANT_ID_PATTERN, value):
            self.fail(f"{value!r}: a tenant id has 1 to 64 of A-Z a-z 0-9 . _ -", param, ctx)
        return value


@contextmanager
def told(what_to_do: str = MAKE_TABLES) -> Iterator[None]:
    """What DynamoDB could not do, or may not do any more, becomes a line that says what to do."""
    try:
        yield
    except TenantErased as error:
        raise click.ClickException(
            f"tenant {error} was erased, or is being. Its id can be used again {ERASURE_REMEMBERED_FOR.days} days "
            f"after the end of that, when none of its logs can be in a queue; "
            f"see: flask --app webapp tenants show {error}"
        ) from None
    except DYNAMODB_ERRORS as error:
        raise click.ClickException(f"DynamoDB did not do it ({safe_error_summary(error)}). {what_to_do}") from None
