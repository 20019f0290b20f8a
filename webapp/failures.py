"""/failures: a tenant's own dead letters, for keys with the scope admin."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from flask import Blueprint, Response, jsonify, request

from broker.dead_letters import DeadLetter, DeadLetters
from tasks.failures import origin_of
from webapp.auth import identify
from webapp.body import read_body
from webapp.failure_selection import Selection
from webapp.intake_schema import INTAKE_PROBLEMS
from webapp.operations import KEYS, Answer, Operation, Parameter, documented
from webapp.problems import Problem, unavailable

blueprint = Blueprint("failures_api", __name__)

MAX_SHOWN = 1000

_LETTER = {"type": "object", "description": "What is known about a message, without its text."}
_LETTERS = {"type": "object", "properties": {"failures": {"type": "array", "items": _LETTER}}}
_PROBLEMS = {status: INTAKE_PROBLEMS[status] for status in (401, 403)} | {
    503: ("queue_unavailable", "auth_unavailable")
}
_REASON = Parameter("reason", "Those with this reason.", place="query")
_OPERATION = Operation(
    tag="Failures", summary="", answers={}, problems=_PROBLEMS, credentials=KEYS, needs_credentials=True
)


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which messages: by id, by reason, or all of the tenant's."""

    ids: frozenset[str] = frozenset()
    reason: str = ""
    all: bool = False
    dry_run: bool = False


class Count(msgspec.Struct, frozen=True):
    """How many messages it was done to, or would be."""

    messages: int


_CHANGES: Any = {
    "bodies": {"application/json": Chosen},
    "problems": _PROBLEMS
    | {
        400: (*INTAKE_PROBLEMS[400][:3], "json_invalid"),
        413: ("body_too_large",),
        415: ("content_encoding_unsupported",),
        422: ("choice_missing",),
        503: ("queue_unavailable", "auth_unavailable", "busy"),
    },
}


@blueprint.get("/failures")
@documented(
    msgspec.structs.replace(
        _OPERATION,
        summary="List dead letters",
        parameters=(_REASON,),
        answers={
            200: Answer("At most 1,000 of them.", {"type": "object", "properties": {"failures": {"items": _LETTER}}})
        },
    )
)
def list_failures() -> Response:
    """The tenant's messages in the failure queue."""
    selection = Selection(tenant=_tenant(), reason=request.args.get("reason", ""))
    with _letters() as letters:
        return jsonify(failures=[letter.shown() for letter in islice(selection.of(letters), MAX_SHOWN)])


@blueprint.get("/failures/<uuid:message_id>")
@documented(
    msgspec.structs.replace(
        _OPERATION,
        summary="Show a dead letter",
        answers={200: Answer("It.", _LETTER)},
        problems=_PROBLEMS | {404: ("failure_unknown", "not_found")},
    )
)
def show_failure(message_id: UUID) -> Response:
    """One of them."""
    selection = Selection(frozenset([str(message_id)]), tenant=_tenant())
    with _letters() as letters:
        letter = next(selection.of(letters), None)
    if letter is None:
        raise Problem(404, "failure_unknown", "There is no such message, or somebody holds it; list them again.")
    return jsonify(letter.shown())


@blueprint.post("/failures/redrive")
@documented(
    msgspec.structs.replace(
        _OPERATION, summary="Put dead letters back", answers={200: Answer("How many are back.", Count)}, **_CHANGES
    )
)
def redrive() -> Response:
    """Put messages back to where they came from."""
    return _do(
        lambda selection, letters: sum(1 for _ in selection.redrive(letters)), lambda letter: bool(letter.origin_queue)
    )


@blueprint.post("/failures/discard")
@documented(
    msgspec.structs.replace(
        _OPERATION, summary="Delete dead letters", answers={200: Answer("How many are gone.", Count)}, **_CHANGES
    )
)
def discard() -> Response:
    """Delete messages for good."""
    return _do(lambda selection, letters: sum(selection.discard(letters)), lambda _letter: True)


def _do(change: Callable[[Selection, DeadLetters], int], can: Callable[[DeadLetter], bool]) -> Response:
    """What the request asks for, or with dry_run the count of those that it can be done to."""
    tenant = _tenant()
    chosen = _chosen()
    selection = Selection(chosen.ids, tenant, chosen.reason)
    with _letters() as letters:
        done = sum(map(can, selection.of(letters))) if chosen.dry_run else change(selection, letters)
    return jsonify(msgspec.to_builtins(Count(done)))


@contextmanager
def _letters() -> Iterator[DeadLetters]:
    try:
        with DeadLetters() as letters:
            yield letters
    except (ClientError, BotoCoreError) as error:
        raise unavailable("queue_unavailable", f"SQS does not answer ({origin_of(error)}); ask again.") from None


def _tenant() -> str:
    caller = identify("admin")
    assert caller.tenant_id is not None, "nobody has the scope admin without a key"
    return caller.tenant_id


def _chosen() -> Chosen:
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
    return chosen
