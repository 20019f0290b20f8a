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
    """Two of them behind one port, so that the numbers have to add up."""
    processes = Processes(tmp_path_factory.mktemp("web"), engine.url, GRANIAN_WORKERS="2")
    try:
        processes.start("web")
        yield processes
    finally:
        processes.stop()


def value(web: Processes, name: str, **labels: str) -> float:
    families = text_string_to_metric_families(web.get("/metrics").data.decode())
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_numbers_of_all_processes_add_up(web: Processes, tenant: str) -> None:
    for _ in range(40):
        assert (
            web.post(b'{"text":"QUOKKA"}\n{"text":""}\n', **LINES, x_tenant_id=tenant, connection="close").status == 202
        )
    assert web.post(b'{"text":""}', **LINES, x_tenant_id=tenant, connection="close").status == 422

    assert value(web, "sluice_records_accepted_total", tenant=tenant) == 40
    assert value(web, "sluice_records_rejected_total", tenant=tenant, code="text_empty") == 41
    assert value(web, "sluice_received_bytes_total", tenant=tenant) == 40 * 15
    assert value(web, "sluice_requests_total", endpoint="/ingest", status="202") >= 40
    assert value(web, "sluice_requests_total", endpoint="/ingest", status="422") >= 1
    assert value(web, "sluice_request_seconds_count", endpoint="/ingest") >= 41
    assert value(web, "sluice_publish_seconds_count") >= 40
    assert value(web, "sluice_group_requests_sum") >= 40
    directory = Path(tempfile.gettempdir(), f"sluice-metrics-{os.getuid()}", str(web.pid("web")))
    assert len(list(directory.glob("counter_*.db"))) == 2, "one process has answered all of them"
    assert "QUOKKA" not in web.get("/metrics").data.decode()
