"""What every part may say about itself in logs. Imports nothing of ours."""

import traceback
from pathlib import Path


def safe_error_summary(error: BaseException) -> str:
    """Return an error's cause for logs, without its message.

    The message may quote the text of a log, so it stays out. The summary is the code of the AWS response where PynamoDB
    knows one, or else the type of the error and the line that raised it, followed by those of its cause.
    """
    code = getattr(error, "cause_response_code", None)
    if code:
        return str(code)
    if error.__cause__ is None:
        return _type_and_line(error)
    return f"{_type_and_line(error)}, caused by {safe_error_summary(error.__cause__)}"


def _type_and_line(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    return f"{type(error).__name__} at {Path(frames[-1].filename).name}:{frames[-1].lineno}"
