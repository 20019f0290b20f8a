"""/healthz and /readyz, with SQS and DynamoDB up and down."""

import pytest
from flask.testing import FlaskClient

from broker.queues import create_queues
from foundation import aws_clients
from local.engine import Engine
from settings import settings
from tests.support.fault_proxy import FaultProxy
from topology import VERSION
from webapp import create_app


@pytest.fixture
def health_client(engine: Engine) -> FlaskClient:
    create_queues()
    return create_app().test_client()


def test_healthz_names_the_version(health_client: FlaskClient) -> None:
    answer = health_client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok", "version": VERSION})


def test_readyz_is_200_while_sqs_and_dynamodb_answer(health_client: FlaskClient) -> None:
    answer = health_client.get("/readyz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok", "checks": {"sqs": "ok", "dynamodb": "ok"}})


def test_readyz_names_the_service_that_does_not_answer(
    health_client: FlaskClient, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_clients, "settings", settings.model_copy(update={"aws_endpoint_url": proxy.url}))
    proxy.status(403, "AccessDenied", "sqs")

    answer = health_client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "checks": {"sqs": "AccessDenied", "dynamodb": "ok"}}
    assert answer.headers["Retry-After"] == str(settings.retry_after_seconds)
    # /healthz does not depend on them: a restart would mend nothing.
    assert health_client.get("/healthz").status_code == 200
