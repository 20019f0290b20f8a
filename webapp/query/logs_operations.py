"""Responses of GET /logs and GET /logs/{log_id}, and their OpenAPI descriptions."""

from typing import Literal

import msgspec

from models import ENTITY_PATTERN, MAX_LIMIT, LogRecord
from originals import OriginalUnreadable
from webapp.openapi.common import API_KEY_SCHEMES
from webapp.openapi.operation import Operation, query, response
from webapp.query.request import READING_PARAMETERS, READING_PROBLEMS, TIME

DEFAULT_LIMIT = 100


class ShownLog(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stored log.

    `original` is present if originals were asked for, `original_text` only if `original` is `given`.
    """

    log_id: str
    modified_text: str
    processed_at: str
    redactions: dict[str, int]
    event_time: str | None = None
    original: Literal["given", "dropped", "unreadable"] | None = None
    original_text: str | None = None

    @classmethod
    def from_record(cls, record: LogRecord) -> "ShownLog":
        """Show a record without its original."""
        return cls(
            log_id=record.log_id,
            modified_text=record.modified_text,
            processed_at=record.processed_at,
            redactions=dict(record.redactions.attribute_values) if record.redactions else {},
            event_time=record.event_time,
        )

    @classmethod
    def with_original(cls, record: LogRecord) -> "ShownLog":
        """Show a record with its original, if it can still be read.

        Raises:
            originals.KeysUnavailable: KMS or DynamoDB does not answer.
        """
        shown = cls.from_record(record)
        try:
            text = record.open_original()
        except OriginalUnreadable:
            return msgspec.structs.replace(shown, original="unreadable")
        return msgspec.structs.replace(shown, original="dropped" if text is None else "given", original_text=text)


class LogPage(msgspec.Struct, frozen=True):
    """Logs in order; `cursor` is for the next page, else null."""

    logs: list[ShownLog]
    cursor: str | None
    request_id: str


_ORIGINAL = query(
    "original",
    "true: with the original texts. It requires the scope read:original, and the access is recorded.",
    enum=["true", "false"],
)
_PROBLEMS = READING_PROBLEMS | {
    400: (*READING_PROBLEMS[400], "original_invalid"),
    503: (*READING_PROBLEMS[503], "access_unrecorded", "keys_unavailable"),
}
_LIST_PROBLEMS = (
    *("since_invalid", "until_invalid", "range_invalid", "entity_invalid"),
    *("limit_invalid", "order_invalid", "cursor_invalid"),
)

LIST = Operation(
    tag="Logs",
    summary="Read logs",
    description="""\
Returns a page of a tenant's logs. Send its `cursor` with the same parameters to get the next page. A page may have
fewer logs than `limit`, even none: there are more as long as it has a cursor.

With `since` or `until`, logs are in the order of their times: the time of a UUIDv7, which Sluice's own ids are; for
other ids `event_time`, or else `processed_at`. Without a range they are in the order of their ids. A range without
`until` ends now. A relative range keeps the times of its first page.""",
    parameters=(
        *READING_PARAMETERS,
        query("since", "Start of the range: a time ago such as 15m, or ISO 8601, in UTC by default.", **TIME),
        query("until", "End of the range, which it does not include.", **TIME),
        query("entity", "Only logs in which this entity was replaced, such as EMAIL.", pattern=f"^{ENTITY_PATTERN}$"),
        query("limit", f"Logs per page; {DEFAULT_LIMIT} by default.", type="integer", minimum=1, maximum=MAX_LIMIT),
        query("order", "desc, the default, for newest first; or asc.", enum=["asc", "desc"]),
        query("cursor", "The cursor of the previous page."),
        _ORIGINAL,
    ),
    responses={200: response("A page of logs.", LogPage)},
    problems=_PROBLEMS | {400: (*_PROBLEMS[400], *_LIST_PROBLEMS)},
    security_schemes=API_KEY_SCHEMES,
)
SHOW = Operation(
    tag="Logs",
    summary="Read one log",
    description="A log of another tenant looks like one that does not exist.",
    parameters=(*READING_PARAMETERS, _ORIGINAL),
    responses={200: response("The log.", ShownLog)},
    problems=_PROBLEMS | {404: ("log_unknown", "not_found")},
    security_schemes=API_KEY_SCHEMES,
)
