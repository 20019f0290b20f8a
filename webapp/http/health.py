"""/healthz: the process is up. /readyz: SQS and DynamoDB answer."""

from collections.abc import Callable
from typing import Literal

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from flask import Blueprint, Response, jsonify
from pynamodb.exceptions import PynamoDBException

from broker.queues import check_queues
from models import LogRecord
from observability import get_error_code
from settings import settings
from topology import VERSION
from webapp.openapi.operation import Operation, documented, response

blueprint = Blueprint("health", __name__)

_CHECKS: dict[str, Callable[[], object]] = {"sqs": check_queues, "dynamodb": LogRecord.describe_table}


class Health(msgspec.Struct, frozen=True):
    """The process is up; `version` is Sluice's."""

    status: Literal["ok"] = "ok"
    version: str = VERSION


class Readiness(msgspec.Struct, frozen=True):
    """State of each service that Sluice needs: ok, or an error's code."""

    status: Literal["ok", "unavailable"]
    checks: dict[str, str]


@blueprint.get("/healthz")
@documented(Operation(tag="Operations", summary="Is the process up?", responses={200: response("It is up.", Health)}))
def healthz() -> Response:
    """Return 200 for as long as the process is up."""
    return jsonify(msgspec.to_builtins(Health()))


@blueprint.get("/readyz")
@documented(
    Operation(
        tag="Operations",
        summary="Do SQS and DynamoDB answer?",
        responses={
            200: response("Both answer.", Readiness),
            503: response("One does not; see `checks`.", Readiness, headers={"Retry-After": "Seconds to wait."}),
        },
    )
)
def readyz() -> tuple[Response, int, dict[str, str]]:
    """Return 200 if SQS and DynamoDB answer, else a 503.

    Each has the state of both.
    """
    checks = {name: _run_check(check) for name, check in _CHECKS.items()}
    if all(outcome == "ok" for outcome in checks.values()):
        return _to_response(Readiness("ok", checks)), 200, {}
    return _to_response(Readiness("unavailable", checks)), 503, {"Retry-After": str(settings.retry_after_seconds)}


def _to_response(readiness: Readiness) -> Response:
    return jsonify(msgspec.to_builtins(readiness))


def _run_check(check: Callable[[], object]) -> str:
    try:
        check()
    except (ClientError, BotoCoreError, PynamoDBException, OSError) as error:
        return get_error_code(error)
    return "ok"
