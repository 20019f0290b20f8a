"""Elasticsearch: bulk requests, and the requests that its clients send first."""
