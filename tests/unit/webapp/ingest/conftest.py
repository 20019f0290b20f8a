"""POST /ingest is called in process; what it queued is read back from SQS."""

from tests.support.ingest_fixtures import app, client, queued, texts

__all__ = ["app", "client", "queued", "texts"]
