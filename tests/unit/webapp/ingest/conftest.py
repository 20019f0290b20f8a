"""POST /ingest is called in process; the queue is read from SQS."""

from tests.support.ingest_fixtures import app, client, queued, texts

__all__ = ["app", "client", "queued", "texts"]
