"""Points in time as the tables keep them: ISO 8601 in UTC, to the second, so that their order is that of the text."""

from datetime import UTC, datetime, timedelta


def timestamp(later: timedelta = timedelta()) -> str:
    """Now, or `later` than now, such as 2026-01-31T12:00:00Z."""
    return (datetime.now(UTC) + later).isoformat(timespec="seconds").replace("+00:00", "Z")
