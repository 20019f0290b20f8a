"""/metrics: who may read it, and what it counts, in one process."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from settings import settings
from webapp import create_app
from webapp.http import metrics

SetToken = Callable[[str], None]


@pytest.fixture
def metrics_client() -> FlaskClient:
    return create_app().test_client()


@pytest.fixture
def set_token(monkeypatch: pytest.MonkeyPatch) -> SetToken:
    def apply(token: str) -> None:
        monkeypatch.setattr(metrics, "settings", settings.model_copy(update={"metrics_token": SecretStr(token)}))

    return apply


def read(client: FlaskClient, name: str, **labels: str) -> float:
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.1", 403), ("", 403), ("no address", 403)]
)
def test_without_a_token_only_this_machine_reads_metrics(
    metrics_client: FlaskClient, set_token: SetToken, address: str, status: int
) -> None:
    set_token("")

    answer = metrics_client.get("/metrics", environ_base={"REMOTE_ADDR": address})

    assert answer.status_code == status
    assert status == 200 or answer.json is not None
    assert status == 200 or answer.json["code"] == "metrics_local"


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer other", "Basic s3cret", "s3cret"])
def test_with_a_token_no_other_credentials_read_metrics(
    metrics_client: FlaskClient, set_token: SetToken, authorization: str
) -> None:
    set_token("s3cret")

    answer = metrics_client.get("/metrics", headers={"Authorization": authorization})

    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["code"] == "token_invalid"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "s3cret" not in answer.text


def test_a_scraper_with_the_token_reads_metrics_from_anywhere(metrics_client: FlaskClient, set_token: SetToken) -> None:
    set_token("s3cret")

    answer = metrics_client.get(
        "/metrics", headers={"Authorization": "Bearer s3cret"}, environ_base={"REMOTE_ADDR": "10.0.0.1"}
    )

    assert answer.status_code == 200
    assert "sluice_requests" in answer.text


def test_records_are_counted_by_tenant(metrics_client: FlaskClient, tenant: str) -> None:
    metrics.count_records(tenant, 3, 100)
    metrics.count_records(tenant, 1, 20)
    metrics.count_rejected(tenant, "text_empty")
    metrics.count_read(tenant, 5, 2)

    assert read(metrics_client, "sluice_records_accepted_total", tenant=tenant) == 4
    assert read(metrics_client, "sluice_received_bytes_total", tenant=tenant) == 120
    assert read(metrics_client, "sluice_records_rejected_total", tenant=tenant, code="text_empty") == 1
    assert read(metrics_client, "sluice_records_read_total", tenant=tenant) == 5
    assert read(metrics_client, "sluice_originals_read_total", tenant=tenant) == 2


def test_tenants_beyond_the_limit_share_a_label(
    metrics_client: FlaskClient, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_tenants", set())
    monkeypatch.setattr(metrics, "MAX_TENANTS", 1)
    before = read(metrics_client, "sluice_records_accepted_total", tenant=metrics.OTHER_TENANTS)
    for tenant_id in (f"{tenant}-1", f"{tenant}-2", f"{tenant}-3", f"{tenant}-1"):
        metrics.count_records(tenant_id, 1, 1)

    assert read(metrics_client, "sluice_records_accepted_total", tenant=f"{tenant}-1") == 2
    assert read(metrics_client, "sluice_records_accepted_total", tenant=metrics.OTHER_TENANTS) - before == 2


def test_requests_are_counted_by_route_and_never_by_path(metrics_client: FlaskClient, tenant: str) -> None:
    before = read(metrics_client, "sluice_requests_total", endpoint="(none)", status="404")

    assert metrics_client.get(f"/{tenant}").status_code == 404

    assert read(metrics_client, "sluice_requests_total", endpoint="(none)", status="404") == before + 1
    assert tenant not in metrics_client.get("/metrics").text
