"""Protocols are spoken to the app in process, and read from SQS."""

from tests.support.ingest_fixtures import app, client, queued, texts

__all__ = ["app", "client", "queued", "texts"]
