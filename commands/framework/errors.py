"""Errors of AWS as lines with target, cause and advice."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from commands.framework.target import get_target
from models import TenantErased
from models.tables.connection import DYNAMODB_ERRORS
from models.tenants.tenant import ERASURE_REMEMBERED_FOR
from observability import safe_error_summary

TRY_AGAIN = "Try again."
_MISSING = {
    "ResourceNotFoundException": "A table is missing in {target}; create it: ./sluice db create",
    "AWS.SimpleQueueService.NonExistentQueue": "A queue is missing in {target}; create it: ./sluice broker create",
    "QueueDoesNotExist": "A queue is missing in {target}; create it: ./sluice broker create",
}


@contextmanager
def dynamodb_errors_as_click_errors(hint: str = TRY_AGAIN) -> Iterator[None]:
    """Turn errors of the models into lines that say what to do.

    Args:
        hint: what to do about an error that has no better one.

    Raises:
        click.ClickException: DynamoDB refused or did not answer, or the tenant was erased.
    """
    try:
        yield
    except TenantErased as error:
        raise click.ClickException(
            f"Tenant {error} was erased, or is being. The id can be used again {ERASURE_REMEMBERED_FOR.days} days "
            f"after the end of that, when no queue can hold a log of it; see: ./sluice tenants show {error}"
        ) from None
    except DYNAMODB_ERRORS as error:
        raise click.ClickException(describe_failure("DynamoDB", error, hint)) from None


@contextmanager
def sqs_errors_as_click_errors() -> Iterator[None]:
    """Turn errors of SQS and SNS into lines with advice.

    Raises:
        click.ClickException: AWS refused or did not answer.
    """
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        service = "SNS" if getattr(error, "operation_name", "") in {"Unsubscribe", "ListSubscriptions"} else "SQS"
        raise click.ClickException(describe_failure(service, error)) from None


def describe_failure(service: str, error: BaseException, hint: str = TRY_AGAIN) -> str:
    """Return what is wrong with a call, and what to do.

    Args:
        service: such as "DynamoDB".
        error: of botocore or PynamoDB.
        hint: what to do about an error that has no better one.
    """
    target, cause = get_target(), _get_cause(error)
    if isinstance(cause, NoCredentialsError):
        return f"No AWS credentials found for {target.name}; is `make run` running?"
    if isinstance(cause, ClientError):
        code = cause.response["Error"].get("Code", "an error")
        if code in _MISSING:
            return _MISSING[code].format(target=target.name)
        return f"{service} refuses the call ({code}) in {target.name}. {hint}"
    if isinstance(cause, BotoCoreError):
        advice = hint if target.is_real else "Is `make run` running?"
        return f"{service} does not answer in {target.name} ({type(cause).__name__}). {advice}"
    return f"{service} failed in {target.name} ({safe_error_summary(error)}). {hint}"


def _get_cause(error: BaseException) -> BaseException:
    """Return the error of botocore behind an error, or the error itself."""
    seen: BaseException | None = error
    # PynamoDB keeps the cause in an attribute, and does not always chain it.
    while seen is not None and not isinstance(seen, BotoCoreError | ClientError):
        seen = seen.__cause__ or getattr(seen, "cause", None)
    return seen or error
