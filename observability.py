"""Names of errors that are safe to log."""

import traceback
from pathlib import Path


def safe_error_summary(error: BaseException) -> str:
    """Return an error's cause for logs, without its message.

    The message may quote the text of a log, so it stays out. The summary is the code of the AWS response if there is
    one, or else the type of the error and the line that raised it, followed by those of its cause.
    """
    code = _get_aws_code(error)
    if code:
        return code
    if error.__cause__ is None:
        return _format_type_and_line(error)
    return f"{_format_type_and_line(error)}, caused by {safe_error_summary(error.__cause__)}"


def get_error_code(error: BaseException) -> str:
    """Return the code of the AWS response, or else the cause's type.

    Shorter than `safe_error_summary`, for errors of AWS calls, whose line is one of botocore's.
    """
    return _get_aws_code(error) or type(error.__cause__ or error).__name__


def _get_aws_code(error: BaseException) -> str:
    # PynamoDB's errors have the first. A cause without a response raises AttributeError inside that property, which
    # getattr takes for absent. botocore's ClientError has the second. Nothing is imported to know either.
    code = getattr(error, "cause_response_code", None)
    response = getattr(error, "response", None)
    if not code and isinstance(response, dict):
        code = response.get("Error", {}).get("Code")
    return str(code or "")


def _format_type_and_line(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    return f"{type(error).__name__} at {Path(frames[-1].filename).name}:{frames[-1].lineno}"
