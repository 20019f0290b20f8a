"""Errors as RFC 9457 problem documents.

https://www.rfc-editor.org/rfc/rfc9457
"""

import json
import logging
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from observability import safe_error_summary
from settings import settings
from webapp.http.request_ids import get_request_id
from webapp.openapi.problem_document import ProblemDocument

logger = logging.getLogger(__name__)

_DETAILS = {
    404: ("not_found", "There is nothing at this path. Send logs to POST /ingest; GET /docs lists all other paths."),
    405: (
        "method_not_allowed",
        "This path does not support this method; the Allow header lists the supported ones.",
    ),
}


class Problem(Exception):
    """An error that becomes the response of the current request.

    Args:
        status: HTTP status.
        code: stable, in snake_case, for programs.
        detail: what is wrong and what to do about it, for people; never a word of the request's body.
        headers: further response headers.
        members: further members of the document.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        headers: dict[str, str] | None = None,
        members: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}
        self.members = members or {}

    def to_response(self) -> Response:
        """Build the response, as application/problem+json."""
        document = ProblemDocument(
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=self.detail,
            code=self.code,
            request_id=get_request_id(),
        )
        return Response(
            json.dumps(msgspec.structs.asdict(document) | self.members) + "\n",
            self.status,
            self.headers,
            "application/problem+json",
        )


def unavailable(code: str, detail: str) -> Problem:
    """Build a 503 with Retry-After: the same request may work later."""
    return Problem(503, code, detail, {"Retry-After": str(settings.retry_after_seconds)})


def init_app(app: Flask) -> None:
    """Turn every error into a problem document."""
    app.register_error_handler(Problem, Problem.to_response)
    app.register_error_handler(HTTPException, _from_http_exception)
    app.register_error_handler(Exception, _from_unexpected)


def _from_http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    code, detail = _DETAILS.get(status, (HTTPStatus(status).name.lower(), HTTPStatus(status).description + "."))
    allow = {name: value for name, value in error.get_headers() if name == "Allow"}
    return Problem(status, code, detail, allow).to_response()


def _from_unexpected(error: Exception) -> Response:
    # Neither the message nor the locals of the traceback are logged: both may contain the text of a log.
    logger.error("request %s failed: %s", get_request_id(), safe_error_summary(error))
    return Problem(
        500,
        "internal_error",
        "Sluice failed on this request. Send it again later; if that fails too, report the request_id.",
    ).to_response()
