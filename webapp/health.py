"""/healthz: the process is up. /readyz: what it needs answers."""

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError
from flask import Blueprint, Response, jsonify
from pynamodb.exceptions import PynamoDBException

from broker.queues import check_queues
from models import LogRecord
from settings import settings

blueprint = Blueprint("health", __name__)

_CHECKS: dict[str, Callable[[], object]] = {"sqs": check_queues, "dynamodb": LogRecord.describe_table}


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answers as long as the process does."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int, dict[str, str]]:
    """200 when SQS and DynamoDB answer; 503 that names the one that doesn't."""
    checks = {name: _outcome_of(check) for name, check in _CHECKS.items()}
    if all(outcome == "ok" for outcome in checks.values()):
        return jsonify(status="ok", checks=checks), 200, {}
    return jsonify(status="unavailable", checks=checks), 503, {"Retry-After": str(settings.retry_after_seconds)}


def _outcome_of(check: Callable[[], object]) -> str:
    try:
        check()
    except ClientError as error:
        return str(error.response["Error"].get("Code", "error"))
    except (BotoCoreError, PynamoDBException, OSError) as error:
        return type(error.__cause__ or error).__name__
    return "ok"
