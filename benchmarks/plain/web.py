"""Web app that publishes a Celery chain for each log."""

import uuid
from typing import Any

from celery import chain
from flask import Flask, request

from benchmarks.plain.tasks import redact, store


def create_app() -> Flask:
    """Make the app; granian calls this."""
    app = Flask(__name__)

    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        return {}

    @app.post("/ingest")
    def ingest() -> tuple[dict[str, Any], int]:
        record = request.get_json()
        log = {
            "tenant_id": request.headers["x-tenant-id"],
            "log_id": uuid.uuid4().hex,
            "original_text": record["text"],
        }
        chain(redact.s(log), store.s()).apply_async()
        return {"log_id": log["log_id"]}, 202

    return app
