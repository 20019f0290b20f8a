"""Opaque cursors: where a page ended, without the tenant."""

import base64


def to_cursor(log_id: str) -> str:
    """The cursor after the record `log_id`, safe in a URL."""
    return base64.urlsafe_b64encode(log_id.encode()).decode().rstrip("=")


def log_id_of(cursor: str) -> str:
    """The record that a cursor stands after.

    Raises:
        ValueError: the cursor is not one that `to_cursor` made.
    """
    try:
        log_id = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:  # not base64, or not UTF-8
        log_id = ""
    if not log_id or to_cursor(log_id) != cursor:
        raise ValueError("not a cursor; pass the cursor of the page before unchanged, or none for the first page")
    return log_id
