"""GET /metrics: numbers for Prometheus, summed over this server's processes.

Labels are tenant ids and error codes, never a word of a log.
"""

import hmac
import ipaddress
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from flask import Blueprint, Flask, Response, g, request

from settings import settings
from tasks.submission.shared_messages import publish_observers
from webapp.http.problems import Problem
from webapp.openapi.operation import Operation, documented, response

_NAME = "sluice-metrics"


def _make_directory() -> Path:
    """Return the directory that the processes of this server share.

    They have the same parent, and its process id names the directory. Directories of ended servers are removed.
    """
    parent = Path(tempfile.gettempdir()) / f"{_NAME}-{os.getuid()}"
    parent.mkdir(mode=0o700, exist_ok=True)
    for server in parent.iterdir():
        if not Path("/proc", server.name).exists():
            shutil.rmtree(server, ignore_errors=True)
    directory = parent / str(os.getppid())
    directory.mkdir(exist_ok=True)
    return directory


# prometheus_client reads this variable once, when it is imported, and then keeps its numbers in files there.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_make_directory()))

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402  # see above
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402  # see above

MAX_TENANTS = 1000
"""Tenants with numbers of their own; all others share OTHER_TENANTS."""
OTHER_TENANTS = "(other)"

blueprint = Blueprint("metrics", __name__)

_requests = Counter("sluice_requests", "Requests by endpoint and status.", ["endpoint", "status"])
_seconds = Histogram(
    "sluice_request_seconds",
    "From a request's headers to its response.",
    ["endpoint"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
_accepted = Counter("sluice_records_accepted", "Records that SQS accepted.", ["tenant"])
_rejected = Counter("sluice_records_rejected", "Records that were rejected, by error code.", ["tenant", "code"])
_read = Counter("sluice_records_read", "Records that were read.", ["tenant"])
_originals = Counter("sluice_originals_read", "Originals that were read.", ["tenant"])
_bytes = Counter("sluice_received_bytes", "Bytes of accepted requests, decompressed.", ["tenant"])
_publish_seconds = Histogram(
    "sluice_publish_seconds",
    "How long SQS took to accept a group of requests.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
_group_requests = Histogram(
    "sluice_group_requests", "Requests that were published together.", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256)
)
_tenants: set[str] = set()


def count_records(tenant: str, accepted: int, received_bytes: int) -> None:
    """Count records and bytes of a tenant that SQS accepted."""
    label = _get_label(tenant)
    _accepted.labels(label).inc(accepted)
    _bytes.labels(label).inc(received_bytes)


def count_rejected(tenant: str | None, code: str) -> None:
    """Count a rejected record.

    Args:
        tenant: None if the record names none.
        code: of its error.
    """
    _rejected.labels(_get_label(tenant or ""), code).inc()


def count_read(tenant: str, records: int, originals: int) -> None:
    """Count records that a tenant's reader is given, and originals among them."""
    label = _get_label(tenant)
    _read.labels(label).inc(records)
    _originals.labels(label).inc(originals)


def _observe_publish(requests: int, seconds: float) -> None:
    _publish_seconds.observe(seconds)
    _group_requests.observe(requests)


def _get_label(tenant: str) -> str:
    if tenant in _tenants:
        return tenant
    if len(_tenants) >= MAX_TENANTS:
        return OTHER_TENANTS
    _tenants.add(tenant)
    return tenant


@blueprint.get("/metrics")
@documented(
    Operation(
        tag="Operations",
        summary="Numbers for Prometheus",
        responses={200: response("Numbers of all processes of this server.", {"type": "string"}, "text/plain")},
        problems={401: ("token_invalid",), 403: ("metrics_local",)},
        security_schemes={"metricsToken": {"type": "http", "scheme": "bearer", "description": "SLUICE_METRICS_TOKEN."}},
        requires_key=bool(settings.metrics_token.get_secret_value()),
    )
)
def metrics() -> Response:
    """Return the numbers, for a scraper with the token.

    Without a token in the settings, any scraper on this machine may read them.
    """
    token = settings.metrics_token.get_secret_value()
    if token:
        offered = request.headers.get("Authorization", "")
        if not hmac.compare_digest(offered.encode(), f"Bearer {token}".encode()):
            raise Problem(
                401,
                "token_invalid",
                "Send the metrics token: Authorization: Bearer, and the value of SLUICE_METRICS_TOKEN.",
                {"WWW-Authenticate": "Bearer"},
            )
    elif not _is_local(request.remote_addr):
        raise Problem(
            403,
            "metrics_local",
            "Only this machine may read /metrics; set SLUICE_METRICS_TOKEN for others.",
        )
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # missing in the package
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_local(address: str | None) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(address or "").is_loopback
    return False


def init_app(app: Flask) -> None:
    """Count every request and every publish."""
    if _observe_publish not in publish_observers:
        publish_observers.append(_observe_publish)

    @app.before_request
    def begin() -> None:
        g.began = time.monotonic()

    @app.after_request
    def count(response: Response) -> Response:
        endpoint = request.url_rule.rule if request.url_rule else "(none)"
        _requests.labels(endpoint, str(response.status_code)).inc()
        _seconds.labels(endpoint).observe(time.monotonic() - g.began)
        return response
