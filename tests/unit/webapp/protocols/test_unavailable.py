"""Without SQS every protocol answers 503 with Retry-After."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from local.engine import Engine
from settings import settings
from tests.support.protocol_requests import REQUESTS


@pytest.fixture
def stopped(engine: Engine) -> Iterator[Engine]:
    engine.stop()
    yield engine
    engine.start()


@pytest.mark.parametrize(("path", "content_type", "body"), REQUESTS.values(), ids=REQUESTS.keys())
def test_without_sqs_every_protocol_asks_to_retry(
    client: FlaskClient,
    stopped: Engine,
    caplog: pytest.LogCaptureFixture,
    path: str,
    content_type: str,
    body: bytes,
) -> None:
    answer = client.post(path, data=body, content_type=content_type, headers={"x-tenant-id": "tenant-without"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == str(settings.retry_after_seconds)
    assert answer.mimetype != "application/problem+json"
    assert "QUOKKA" not in answer.text + caplog.text
