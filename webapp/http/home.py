"""The page that a browser gets at `/`.

Elasticsearch's clients ask for `/` too, before they send; webapp.protocols.elasticsearch answers them.
"""

import base64
import hashlib
import html
from pathlib import Path
from string import Template

from flask import Response, request

from settings import settings
from topology import VERSION

_PAGE = Template(Path(__file__).with_name("home.html").read_text())
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;"
    "color:#222;background:#fff}small{color:#666;font-weight:normal}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def wants_page() -> bool:
    """Return whether the client prefers HTML to JSON, as browsers do.

    A client that accepts anything, as curl and some of Elasticsearch's do, does not.
    """
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def build_page() -> Response:
    """Build the page that names Sluice and links to other pages."""
    page = _PAGE.substitute(style=_STYLE, version=VERSION, flower=_build_flower_link())
    headers = {
        "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept",
    }
    return Response(page, content_type="text/html; charset=utf-8", headers=headers)


def _build_flower_link() -> str:
    # Only with the embedded engine is Flower known to run on this machine, started by `make run`.
    if settings.engine_credentials is None:
        return ""
    url = html.escape(f"http://{settings.host}:{settings.flower_port}")
    return f'<li><a href="{url}">Flower</a>: workers and tasks</li>\n'
