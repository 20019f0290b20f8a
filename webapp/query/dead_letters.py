"""/failures: a tenant's own dead letters.

They need an API key with the scope admin.
"""

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
"""Time that a request reads the queue for; a client gets its response within half a minute."""
WAIT_SECONDS = 20.0

# Two requests that read at the same time would hide half of the messages from each other.
_reading = threading.Lock()

_DEAD_LETTER = {
    "type": "object",
    "description": "A dead letter without the texts of its logs.",
    "properties": {"id": {"type": "string", "format": "uuid"}, "reason": {"type": "string"}},
}
_DEAD_LETTERS = {
    "type": "object",
    "required": ["failures", "complete"],
    "properties": {
        "failures": {"type": "array", "maxItems": MAX_SHOWN, "items": _DEAD_LETTER},
        "complete": {
            "type": "boolean",
            "description": "False if there are more, or somebody else reads the queue at the same time.",
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


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Choice of dead letters: by id, by reason, or all."""

    ids: frozenset[str] = frozenset()
    reason: str = ""
    all: bool = False
    dry_run: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of dead letters that were redriven or discarded, or would be.

    Attributes:
        messages: that it was done to.
        cannot_run: that stay because they are not Sluice's.
        refused: that stay because SQS refused.
        complete: false if there may be more; then do it again.
    """

    messages: int
    cannot_run: int = 0
    refused: int = 0
    complete: bool


_CHANGES: Any = {
    "bodies": {"application/json": Choice},
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
        responses={200: response(f"At most {MAX_SHOWN:,} dead letters, each once.", _DEAD_LETTERS)},
    )
)
def list_failures() -> Response:
    """List the tenant's messages in the failure queue."""
    selection = Selection(tenant=_get_admin_tenant(), reason=request.args.get("reason", ""))
    with _open_failure_queue() as dead_letters:
        shown = [dead_letter.to_public_dict() for dead_letter in islice(selection.select(dead_letters), MAX_SHOWN)]
        return jsonify(failures=shown, complete=_is_complete(dead_letters))


@blueprint.get("/failures/<uuid:message_id>")
@documented(
    msgspec.structs.replace(
        _OPERATION,
        summary="Show a dead letter",
        responses={200: response("The dead letter.", _DEAD_LETTER)},
        problems=_PROBLEMS | {404: ("failure_unknown", "not_found")},
    )
)
def show_failure(message_id: UUID) -> Response:
    """Return one of the tenant's dead letters."""
    selection = Selection(frozenset([str(message_id)]), tenant=_get_admin_tenant())
    with _open_failure_queue() as dead_letters:
        dead_letter = next(selection.select(dead_letters), None)
    if dead_letter is None:
        raise Problem(
            404, "failure_unknown", "There is no such dead letter, or another reader holds it; list them again."
        )
    return jsonify(dead_letter.to_public_dict())


@blueprint.post("/failures/redrive")
@documented(
    msgspec.structs.replace(
        _OPERATION,
        summary="Put dead letters back",
        responses={200: response("Numbers of dead letters.", Change)},
        **_CHANGES,
    )
)
def redrive() -> Response:
    """Put dead letters back into the queues that they came from."""
    selection, dry_run = _parse_choice()
    with _open_failure_queue() as dead_letters:
        done = selection.redrive(dead_letters, dry_run=dry_run)
        return _to_response(done.back, dead_letters, cannot_run=done.cannot_run, refused=done.refused)


@blueprint.post("/failures/discard")
@documented(
    msgspec.structs.replace(
        _OPERATION,
        summary="Delete dead letters",
        responses={200: response("Numbers of dead letters.", Change)},
        **_CHANGES,
    )
)
def discard() -> Response:
    """Delete dead letters for good."""
    selection, dry_run = _parse_choice()
    with _open_failure_queue() as dead_letters:
        done = selection.discard(dead_letters, dry_run=dry_run)
        return _to_response(done.deleted, dead_letters, refused=done.refused)


def _to_response(messages: int, dead_letters: FailureQueue, **others: int) -> Response:
    return jsonify(msgspec.to_builtins(Change(messages=messages, complete=_is_complete(dead_letters), **others)))


def _is_complete(dead_letters: FailureQueue) -> bool:
    return dead_letters.is_complete and not dead_letters.held_elsewhere


@contextmanager
def _open_failure_queue() -> Iterator[FailureQueue]:
    if not _reading.acquire(timeout=WAIT_SECONDS):
        raise unavailable("busy", "Another request reads the failure queue at this moment; send the request again.")
    try:
        with FailureQueue(seconds=READ_SECONDS) as dead_letters:
            yield dead_letters
    except (ClientError, BotoCoreError) as error:
        raise unavailable(
            "queue_unavailable", f"SQS does not answer ({safe_error_summary(error)}); send the request again."
        ) from None
    finally:
        _reading.release()


def _get_admin_tenant() -> str:
    caller = authenticate("admin")
    assert caller.tenant_id is not None, "nobody has the scope admin without a key"
    return caller.tenant_id


def _parse_choice() -> tuple[Selection, bool]:
    """Return the chosen dead letters, and whether it is a dry run."""
    tenant = _get_admin_tenant()
    try:
        choice = msgspec.json.decode(read_body(), type=Choice)
    except (msgspec.DecodeError, RecursionError):
        raise Problem(
            400,
            "json_invalid",
            'Send {"ids": ["…"]}, {"reason": "…"} or {"all": true}; "dry_run": true changes nothing.',
        ) from None
    if not (choice.ids or choice.reason or choice.all):
        raise Problem(422, "choice_missing", "No dead letters are chosen; send ids, reason, or all.")
    return Selection(choice.ids, tenant, choice.reason), choice.dry_run
