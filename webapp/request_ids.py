"""One id per request, in the answer and on everything that the request sets off."""

import re
import uuid

from flask import Flask, Response, g, request

HEADER = "X-Request-Id"
_ACCEPTED = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


def current_request_id() -> str:
    """The client's X-Request-Id if it sent a plain one, else one of ours."""
    if "request_id" not in g:
        offered = request.headers.get(HEADER, "")
        g.request_id = offered if _ACCEPTED.fullmatch(offered) else str(uuid.uuid4())
    request_id: str = g.request_id
    return request_id


def init_app(app: Flask) -> None:
    """Send the id back with every answer."""

    @app.after_request
    def send_back(response: Response) -> Response:
        response.headers[HEADER] = current_request_id()
        return response
