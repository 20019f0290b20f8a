"""/failures: a tenant's own dead letters, for keys with the scope admin."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from flask import Blueprint, Response, jsonify, request

from broker.failures.failure_queue import FailureQueue
from broker.failures.selection import Selection
from observability import safe_error_summary
from webapp.access.auth import authenticate
from webapp.http.body import read_body
from webapp.http.problems import Problem, unavailable
from webapp.openapi.common import ACCESS_PROBLEMS, API_KEY_SCHEMES, BODY_PROBLEMS
from webapp.openapi.operation import Operation, documented, query, response

blueprint = Blueprint("failures_api", __name__)

MAX_SHOWN = 1000
READ_SECONDS = 15.0
"""For so long a request reads the queue; a client gets an answer within half a minute."""
WAIT_SECONDS = 20.0

# Two that read at a time hide half of the messages from each other.
_reading = threading.Lock()

_LETTER = {
    "type": "object",
    "description": "What is known about a message, without its text.",
    "properties": {"id": {"type": "string", "format": "uuid"}, "reason": {"type": "string"}},
}
_LETTERS = {
    "type": "object",
    "required": ["failures", "complete"],
    "properties": {
        "failures": {"type": "array", "maxItems": MAX_SHOWN, "items": _LETTER},
        "complete": {
            "type": "boolean",
            "description": "Whether these are all; else there are more, or somebody else reads them at the same time.",
        },
    },
}
_PROBLEMS = {status: ACCESS_PROBLEMS[status] for status in (401, 403)} | {
    503: ("queue_unavailable", "auth_unavailable", "busy")
}
_REASON = query("reason", "Only dead letters with this reason.")
_OPERATION = Operation(
    tag="Failures", summary="", responses={}, problems=_PROBLEMS, security_schemes=API_KEY_SCHEMES, requires_key=True
)


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which messages: by id, by reason, or all of the tenant's."""

    ids: frozenset[str] = frozenset()
    reason: str = ""
    all: bool = False
    dry_run: bool = False


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages it was done to, or would be.

    Attributes:
        cannot_run: are no messages of Sluice's, and stay.
        refused: SQS did not do it; they stay.
        complete: whether these are all; else do it again.
    """

    messages: int
    cannot_run: int = 0
    refused: int = 0
    complete: bool


_CHANGES: Any = {
    "bodies": {"application/json": Chosen},
    "problems": _PROBLEMS
    | {
        400: (*BODY_PROBLEMS, "json_invalid"),
        413: ("body_too_large",),
        415: ("content_encoding_unsupported",),
        422: ("choice_missing",),
    },
}


@blueprint.get("/failures")
@documented(
    msgspec.structs.replace(
        _OPERATION,
        summary="List dead letters",
        parameters=(_REASON,),
        responses={200: response(f"At most {MAX_SHOWN:,} of them, each once.", _LETTERS)},
    )
)
def list_failures() -> Response:
    """The tenant's messages in the failure queue."""
    selection = Selection(tenant=_tenant(), reason=request.args.get("reason", ""))
    with _letters() as letters:
        shown = [letter.to_public_dict() for letter in islice(selection.select(letters), MAX_SHOWN)]
        return jsonify(failures=shown, complete=_is_complete(letters))


@blueprint.get("/failures/<uuid:message_id>")
@documented(
    msgspec.structs.replace(
        _OPERATION,
        summary="Show a dead letter",
        responses={200: response("It.", _LETTER)},
        problems=_PROBLEMS | {404: ("failure_unknown", "not_found")},
    )
)
def show_failure(message_id: UUID) -> Response:
    """One of them."""
    selection = Selection(frozenset([str(message_id)]), tenant=_tenant())
    with _letters() as letters:
        letter = next(selection.select(letters), None)
    if letter is None:
        raise Problem(404, "failure_unknown", "There is no such message, or somebody holds it; list them again.")
    return jsonify(letter.to_public_dict())


@blueprint.post("/failures/redrive")
@documented(
    msgspec.structs.replace(
        _OPERATION, summary="Put dead letters back", responses={200: response("How many are back.", Done)}, **_CHANGES
    )
)
def redrive() -> Response:
    """Put messages back to where they came from."""
    selection, dry_run = _chosen()
    with _letters() as letters:
        done = selection.redrive(letters, dry_run=dry_run)
        return _answer(done.back, letters, cannot_run=done.cannot_run, refused=done.refused)


@blueprint.post("/failures/discard")
@documented(
    msgspec.structs.replace(
        _OPERATION, summary="Delete dead letters", responses={200: response("How many are gone.", Done)}, **_CHANGES
    )
)
def discard() -> Response:
    """Delete messages for good."""
    selection, dry_run = _chosen()
    with _letters() as letters:
        done = selection.discard(letters, dry_run=dry_run)
        return _answer(done.deleted, letters, refused=done.refused)


def _answer(messages: int, letters: FailureQueue, **others: int) -> Response:
    return jsonify(msgspec.to_builtins(Done(messages=messages, complete=_is_complete(letters), **others)))


def _is_complete(letters: FailureQueue) -> bool:
    return letters.is_complete and not letters.held_elsewhere


@contextmanager
def _letters() -> Iterator[FailureQueue]:
    if not _reading.acquire(timeout=WAIT_SECONDS):
        raise unavailable("busy", "Others read the failure queue at this moment; ask again.")
    try:
        with FailureQueue(seconds=READ_SECONDS) as letters:
            yield letters
    except (ClientError, BotoCoreError) as error:
        raise unavailable(
            "queue_unavailable", f"SQS does not answer ({safe_error_summary(error)}); ask again."
        ) from None
    finally:
        _reading.release()


def _tenant() -> str:
    caller = authenticate("admin")
    assert caller.tenant_id is not None, "nobody has the scope admin without a key"
    return caller.tenant_id


def _chosen() -> tuple[Selection, bool]:
    """Which messages the request means, and whether it only asks."""
    tenant = _tenant()
    try:
        chosen = msgspec.json.decode(read_body(), type=Chosen)
    except (msgspec.DecodeError, RecursionError):
        raise Problem(
            400,
            "json_invalid",
            'Send {"ids": ["…"]}, {"reason": "…"} or {"all": true}; "dry_run": true changes nothing.',
        ) from None
    if not (chosen.ids or chosen.reason or chosen.all):
        raise Problem(422, "choice_missing", "Say which messages: ids, reason, or all.")
    return Selection(chosen.ids, tenant, chosen.reason), chosen.dry_run
