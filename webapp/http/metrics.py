"""GET /metrics, for Prometheus: what this server's processes have done, all of them together.

Labels have the names of tenants and codes of errors in them, never a word of a log.
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
from tasks.shared_messages import publish_observers
from webapp.http.problems import Problem
from webapp.openapi.operation import Operation, documented, response

_NAME = "sluice-metrics"


def _directory() -> Path:
    """Where the processes of one server keep their numbers: they have the same parent."""
    parent = Path(tempfile.gettempdir()) / f"{_NAME}-{os.getuid()}"
    parent.mkdir(mode=0o700, exist_ok=True)
    for server in parent.iterdir():
        if not Path("/proc", server.name).exists():
            shutil.rmtree(server, ignore_errors=True)
    directory = parent / str(os.getppid())
    directory.mkdir(exist_ok=True)
    return directory


# The package looks for it once, when it is imported.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_directory()))

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402  # see above
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402  # see above

MAX_TENANTS = 1000
"""Tenants with numbers of their own; all others share OTHER."""
OTHER = "(other)"

blueprint = Blueprint("metrics", __name__)

_requests = Counter("sluice_requests", "Requests by endpoint and status.", ["endpoint", "status"])
_seconds = Histogram(
    "sluice_request_seconds",
    "From a request's head to its answer.",
    ["endpoint"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
_accepted = Counter("sluice_records_accepted", "Records that SQS has.", ["tenant"])
_rejected = Counter(
    "sluice_records_rejected", "Records that were refused, by the code of the error.", ["tenant", "code"]
)
_read = Counter("sluice_records_read", "Records that were given out.", ["tenant"])
_originals = Counter("sluice_originals_read", "Originals that were given out.", ["tenant"])
_bytes = Counter("sluice_received_bytes", "Bytes of accepted requests, decompressed.", ["tenant"])
_publish_seconds = Histogram(
    "sluice_publish_seconds",
    "How long SQS took to accept a group of requests.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
_group_requests = Histogram(
    "sluice_group_requests", "Requests that left together.", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256)
)
_tenants: set[str] = set()


def count_records(tenant: str, accepted: int, received_bytes: int) -> None:
    """Count what SQS has taken of a tenant."""
    label = _label_of(tenant)
    _accepted.labels(label).inc(accepted)
    _bytes.labels(label).inc(received_bytes)


def count_rejected(tenant: str | None, code: str) -> None:
    """Count a record that was refused; `tenant` is None when it did not say whose it is."""
    _rejected.labels(_label_of(tenant or ""), code).inc()


def count_read(tenant: str, records: int, originals: int) -> None:
    """Count records that a reader of a tenant is given, and with how many of them their originals."""
    label = _label_of(tenant)
    _read.labels(label).inc(records)
    _originals.labels(label).inc(originals)


def _observe_publish(requests: int, seconds: float) -> None:
    _publish_seconds.observe(seconds)
    _group_requests.observe(requests)


def _label_of(tenant: str) -> str:
    if tenant in _tenants:
        return tenant
    if len(_tenants) >= MAX_TENANTS:
        return OTHER
    _tenants.add(tenant)
    return tenant


@blueprint.get("/metrics")
@documented(
    Operation(
        tag="Operations",
        summary="Numbers for Prometheus",
        responses={200: response("Of all processes of this server.", {"type": "string"}, "text/plain")},
        problems={401: ("token_invalid",), 403: ("metrics_local",)},
        security_schemes={"metricsToken": {"type": "http", "scheme": "bearer", "description": "SLUICE_METRICS_TOKEN."}},
        requires_key=bool(settings.metrics_token.get_secret_value()),
    )
)
def metrics() -> Response:
    """The numbers, for a scraper with the token, or on this machine when there is none."""
    token = settings.metrics_token.get_secret_value()
    if token:
        offered = request.headers.get("Authorization", "")
        if not hmac.compare_digest(offered.encode(), f"Bearer {token}".encode()):
            raise Problem(
                401,
                "token_invalid",
                "Send Authorization: Bearer and the metrics token.",
                {"WWW-Authenticate": "Bearer"},
            )
    elif not _is_local(request.remote_addr):
        raise Problem(403, "metrics_local", "Ask from the machine itself, or set SLUICE_METRICS_TOKEN.")
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # missing in the package
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_local(address: str | None) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(address or "").is_loopback
    return False


def init_app(app: Flask) -> None:
    """Count every request, and every publish."""
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
