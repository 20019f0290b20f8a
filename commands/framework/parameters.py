"""Parameters and wording that several commands share."""

import re
from datetime import UTC, datetime

import click

from foundation.timestamps import format_failure_time, parse_age
from topology import TENANT_ID_PATTERN


class TenantId(click.ParamType[str]):
    """Valid tenant id. The tenant need not exist."""

    name = "tenant id"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the id, or fail with what is allowed."""
        if not re.fullmatch(TENANT_ID_PATTERN, value):
            self.fail(f"{value!r}: a tenant id has 1 to 64 of A-Z a-z 0-9 . _ -", param, ctx)
        return value


class Since(click.ParamType[str]):
    """Time: how long ago it is, or ISO 8601."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the time as dead letters have it, in UTC by default."""
        if not value:
            return ""
        try:
            return format_failure_time(_parse_moment(value))
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a time such as 15m, 1h, 2d or 2026-01-31T12:00", param, ctx)


def _parse_moment(text: str) -> datetime:
    age = parse_age(text)
    if age is not None:
        return datetime.now(UTC) - age
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def format_count(count: int, noun: str) -> str:
    """Return such as "1 message" or "2 messages"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
