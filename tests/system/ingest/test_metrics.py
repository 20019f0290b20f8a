"""GET /metrics of the real web process."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from local.engine import Engine
from tests.support.processes import Processes

LINES = {"content_type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def web(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Start two web processes behind one port."""
    processes = Processes(tmp_path_factory.mktemp("web"), engine.url, GRANIAN_WORKERS="2")
    try:
        processes.start("web")
        yield processes
    finally:
        processes.stop()


def get_metric(web: Processes, name: str, **labels: str) -> float:
    families = text_string_to_metric_families(web.get("/metrics").data.decode())
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_metrics_add_up_all_web_processes(web: Processes, tenant: str) -> None:
    for _ in range(40):
        assert (
            web.post(b'{"text":"QUOKKA"}\n{"text":""}\n', **LINES, x_tenant_id=tenant, connection="close").status == 202
        )
    assert web.post(b'{"text":""}', **LINES, x_tenant_id=tenant, connection="close").status == 422

    assert get_metric(web, "sluice_records_accepted_total", tenant=tenant) == 40
    assert get_metric(web, "sluice_records_rejected_total", tenant=tenant, code="text_empty") == 41
    assert get_metric(web, "sluice_received_bytes_total", tenant=tenant) == 40 * 15
    assert get_metric(web, "sluice_requests_total", endpoint="/ingest", status="202") >= 40
    assert get_metric(web, "sluice_requests_total", endpoint="/ingest", status="422") >= 1
    assert get_metric(web, "sluice_request_seconds_count", endpoint="/ingest") >= 41
    assert get_metric(web, "sluice_publish_seconds_count") >= 40
    assert get_metric(web, "sluice_group_requests_sum") >= 40
    directory = Path(tempfile.gettempdir(), f"sluice-metrics-{os.getuid()}", str(web.pid("web")))
    assert len(list(directory.glob("counter_*.db"))) == 2, "one process has answered all of them"
    assert "QUOKKA" not in web.get("/metrics").data.decode()
