"""What GET /logs and GET /logs/{log_id} take and answer."""

from typing import Literal

import msgspec

from models import ENTITY_PATTERN, MAX_LIMIT, LogRecord
from originals import OriginalUnreadable
from webapp.http.operations import KEYS, Answer, Operation, Parameter
from webapp.query.request import READING_PARAMETERS, READING_PROBLEMS, TIME

DEFAULT_LIMIT = 100


class ShownLog(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stored log. `original` is there when originals were asked for: only what is given is in `original_text`."""

    log_id: str
    modified_text: str
    processed_at: str
    redactions: dict[str, int]
    event_time: str | None = None
    original: Literal["given", "dropped", "unreadable"] | None = None
    original_text: str | None = None

    @classmethod
    def of(cls, record: LogRecord) -> "ShownLog":
        """As it is shown, without its original."""
        return cls(
            log_id=record.log_id,
            modified_text=record.modified_text,
            processed_at=record.processed_at,
            redactions=dict(record.redactions.attribute_values) if record.redactions else {},
            event_time=record.event_time,
        )

    @classmethod
    def with_original_of(cls, record: LogRecord) -> "ShownLog":
        """As it is shown to who may read its original, which may not have been stored, or not be readable any more.

        Raises:
            originals.KeysUnavailable: KMS or DynamoDB does not answer.
        """
        shown = cls.of(record)
        try:
            text = record.open_original()
        except OriginalUnreadable:
            return msgspec.structs.replace(shown, original="unreadable")
        return msgspec.structs.replace(shown, original="dropped" if text is None else "given", original_text=text)


class LogPage(msgspec.Struct, frozen=True):
    """Logs in order; `cursor` is for the next page, and null on the last one."""

    logs: list[ShownLog]
    cursor: str | None
    request_id: str


_ORIGINAL = Parameter(
    "original",
    "Whether to give the original texts too, which takes a key of scope read:original, and is recorded.",
    {"type": "string", "enum": ["true", "false"]},
    "query",
)
_PROBLEMS = READING_PROBLEMS | {
    400: (*READING_PROBLEMS[400], "original_invalid"),
    503: (*READING_PROBLEMS[503], "access_unrecorded", "keys_unavailable"),
}

LIST: Operation = Operation(
    tag="Logs",
    summary="Read logs",
    description="""\
A page of a tenant's logs; `cursor` of its answer, sent back with the same parameters, gives the next one. A page may
have fewer logs than `limit`, also none: there is more as long as there is a cursor.

With `since` or `until` they come in the order of their times: what their ids say, if these were made by Sluice or are
UUIDv7s; else `event_time`, or `processed_at`. Without a range they come in the order of their ids. A range without
`until` ends now; one that was given as so long ago stays that of the first page.""",
    parameters=(
        *READING_PARAMETERS,
        Parameter("since", "From when on: how long ago, or ISO 8601, in UTC if it doesn't say.", TIME, "query"),
        Parameter("until", "Until before when, likewise.", TIME, "query"),
        Parameter(
            "entity",
            "Those in which this was replaced, such as EMAIL.",
            {"type": "string", "pattern": f"^{ENTITY_PATTERN}$"},
            "query",
        ),
        Parameter(
            "limit",
            f"Logs of a page; {DEFAULT_LIMIT} without.",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
            "query",
        ),
        Parameter(
            "order", "Newest first, which is desc, without.", {"type": "string", "enum": ["asc", "desc"]}, "query"
        ),
        Parameter("cursor", "That of the page before.", place="query"),
        _ORIGINAL,
    ),
    answers={200: Answer("A page.", LogPage)},
    problems=_PROBLEMS
    | {
        400: (
            *_PROBLEMS[400],
            "since_invalid",
            "until_invalid",
            "range_invalid",
            "entity_invalid",
            "limit_invalid",
            "order_invalid",
            "cursor_invalid",
        )
    },
    credentials=KEYS,
)
SHOW: Operation = Operation(
    tag="Logs",
    summary="Read a log",
    description="Another tenant's log looks like one that is not there.",
    parameters=(*READING_PARAMETERS, _ORIGINAL),
    answers={200: Answer("It.", ShownLog)},
    problems=_PROBLEMS | {404: ("log_unknown", "not_found")},
    credentials=KEYS,
)
