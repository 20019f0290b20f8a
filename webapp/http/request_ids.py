"""Ids of requests, in responses and on all work that follows."""

import re
import uuid

from flask import Flask, Response, g, request

HEADER = "X-Request-Id"
# https://www.w3.org/TR/trace-context/
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_ACCEPTED = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


def get_request_id() -> str:
    """Return the client's X-Request-Id if it is plain, else a new one."""
    if "request_id" not in g:
        offered = request.headers.get(HEADER, "")
        g.request_id = offered if _ACCEPTED.fullmatch(offered) else str(uuid.uuid4())
    request_id: str = g.request_id
    return request_id


def get_traceparent() -> str:
    """Return the client's traceparent if it is valid, else an empty string."""
    offered = request.headers.get("traceparent", "")
    return offered if _TRACEPARENT.fullmatch(offered) else ""


def init_app(app: Flask) -> None:
    """Send the id back in every response."""

    @app.after_request
    def send_back(response: Response) -> Response:
        response.headers[HEADER] = get_request_id()
        return response
