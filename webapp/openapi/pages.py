"""/openapi.json, and /docs, which shows it in a browser.

The page loads nothing from other hosts.
"""

from importlib.resources import files
from pathlib import Path

import msgspec
from flask import Blueprint, Response, abort, current_app, send_from_directory

from webapp.openapi.document import build

blueprint = Blueprint("documentation", __name__)

_PAGE = Path(__file__).parent / "docs_page"
_SWAGGER_UI = Path(str(files("flask_swagger_ui"))) / "dist"
_ASSETS = {
    "start.js": _PAGE,
    "page.css": _PAGE,
    "swagger-ui.css": _SWAGGER_UI,
    "swagger-ui-bundle.js": _SWAGGER_UI,
    "favicon-32x32.png": _SWAGGER_UI,
}
_MAX_AGE_SECONDS = 3600
# Swagger UI's icons are data: URLs in its style sheet. https://github.com/swagger-api/swagger-ui/issues/7540
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI document of this app, built at the first request."""
    document: bytes | None = current_app.extensions.get("openapi")
    if document is None:
        document = current_app.extensions["openapi"] = msgspec.json.encode(build(current_app))
    return Response(document, content_type="application/json")


@blueprint.get("/docs")
def page() -> Response:
    """Return the page that shows the document."""
    response = send_from_directory(_PAGE, "index.html")
    response.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/docs/<name>")
def asset(name: str) -> Response:
    """Return a file that the page loads, Swagger UI's or ours."""
    if name not in _ASSETS:
        abort(404)
    response = send_from_directory(_ASSETS[name], name, max_age=_MAX_AGE_SECONDS)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
