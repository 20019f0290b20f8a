"""Reading logs over HTTP while DynamoDB stops and comes back."""

from local.engine import Engine
from models import SCOPES, AccessRecord, ApiKey, LogRecord, Tenant
from tests.support.processes import Processes
from tests.support.waiting import wait_for


def test_reading_answers_503_while_dynamodb_is_down(engine: Engine, web: Processes, tenant: str) -> None:
    Tenant.add(tenant, tenant)
    bearer = f"Bearer {ApiKey.add(tenant, SCOPES)}"
    LogRecord.insert(
        [LogRecord(tenant, "a", original_text="QUOKKA", modified_text="text", processed_at="2026-01-31T12:00:00.000Z")]
    )
    assert web.get("/logs/a?original=true", authorization=bearer).json()["original_text"] == "QUOKKA"

    engine.stop()
    try:
        for path in ("/logs", "/logs?since=1h", "/logs/a?original=true", "/activity"):
            answer = web.get(path, authorization=bearer)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            assert answer.json()["code"] == "logs_unavailable"
            assert "QUOKKA" not in answer.data.decode()
    finally:
        engine.start()

    wait_for("an answer", lambda: web.get("/logs", authorization=bearer).status == 200)
    assert len(list(AccessRecord.query(tenant))) == 1
    assert "QUOKKA" not in web.log("web")
