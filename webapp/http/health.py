"""/healthz: the process is up. /readyz: what it needs answers."""

from collections.abc import Callable
from typing import Literal

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from flask import Blueprint, Response, jsonify
from pynamodb.exceptions import PynamoDBException

from broker.queues import check_queues
from models import LogRecord
from settings import settings
from webapp.openapi.operation import Operation, documented, response

blueprint = Blueprint("health", __name__)

_CHECKS: dict[str, Callable[[], object]] = {"sqs": check_queues, "dynamodb": LogRecord.describe_table}


class Health(msgspec.Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(msgspec.Struct, frozen=True):
    """Whether what the process needs answers: by name ok, or what went wrong."""

    status: Literal["ok", "unavailable"]
    checks: dict[str, str]


@blueprint.get("/healthz")
@documented(Operation(tag="Operations", summary="Is the process up?", responses={200: response("It is.", Health)}))
def healthz() -> Response:
    """Answers as long as the process does."""
    return jsonify(msgspec.to_builtins(Health()))


@blueprint.get("/readyz")
@documented(
    Operation(
        tag="Operations",
        summary="Do SQS and DynamoDB answer?",
        responses={
            200: response("Both do.", Readiness),
            503: response("One doesn't; checks says which.", Readiness, headers={"Retry-After": "Seconds to wait."}),
        },
    )
)
def readyz() -> tuple[Response, int, dict[str, str]]:
    """200 when SQS and DynamoDB answer; 503 that names the one that doesn't."""
    checks = {name: _outcome_of(check) for name, check in _CHECKS.items()}
    if all(outcome == "ok" for outcome in checks.values()):
        return _answer(Readiness("ok", checks)), 200, {}
    return _answer(Readiness("unavailable", checks)), 503, {"Retry-After": str(settings.retry_after_seconds)}


def _answer(readiness: Readiness) -> Response:
    return jsonify(msgspec.to_builtins(readiness))


def _outcome_of(check: Callable[[], object]) -> str:
    try:
        check()
    except ClientError as error:
        return str(error.response["Error"].get("Code", "error"))
    except (BotoCoreError, PynamoDBException, OSError) as error:
        return type(error.__cause__ or error).__name__
    return "ok"
