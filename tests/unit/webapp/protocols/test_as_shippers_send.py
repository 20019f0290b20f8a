"""Requests of shippers that no test runs, as their sources write them."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import zstandard
from flask.testing import FlaskClient

Texts = Callable[[], list[Any]]


def test_filebeat_asks_for_version_and_license_then_sends_bulks(client: FlaskClient, tenant: str, texts: Texts) -> None:
    # libbeat/esleg/eslegclient/connection.go, libbeat/licenser, libbeat/outputs/elasticsearch/client.go
    headers = {"Accept": "application/json", "X-Tenant-Id": tenant, "Connection": "close"}
    version = client.get("/", headers=headers)
    assert version.status_code == 200
    assert int(version.json["version"]["number"].split(".")[0]) >= 8
    license_ = client.get("/_license?human=false", headers=headers).json["license"]
    assert (license_["type"], license_["status"]) == ("basic", "active")

    events = [
        {
            "@timestamp": f"2026-01-31T12:00:0{number}.123Z",
            "message": f"line {number}",
            "log": {"offset": number, "file": {"path": "/var/log/shop.log"}},
            "input": {"type": "filestream"},
            "ecs": {"version": "8.0.0"},
            "agent": {"type": "filebeat", "version": "9.1.0"},
        }
        for number in range(2)
    ]
    lines = [line for event in events for line in ({"create": {"_index": "filebeat-9.1.0"}}, event)]
    answer = client.post(
        "/_bulk?filter_path=errors%2Citems.%2A.error%2Citems.%2A.status",
        data=gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode()),
        headers=headers | {"Content-Type": "application/json; charset=UTF-8", "Content-Encoding": "gzip"},
    )

    assert answer.status_code == 200
    assert answer.json is not None
    assert [item["create"]["status"] for item in answer.json["items"]] == [201, 201]
    assert texts() == events


def test_vectors_http_sink_sends_ndjson_or_an_array(client: FlaskClient, tenant: str, texts: Texts) -> None:
    # src/sinks/http/encoder.rs: no newline after the last one, no comma either
    events = [
        {
            "file": "/var/log/shop.log",
            "host": "web-1",
            "message": f"line {number}",
            "source_type": "file",
            "timestamp": f"2026-01-31T12:00:0{number}.123456789Z",
        }
        for number in range(4)
    ]
    written = [json.dumps(event, separators=(",", ":")) for event in events]
    bodies = {"application/x-ndjson": "\n".join(written[:2]), "application/json": f"[{','.join(written[2:])}]"}
    for content_type, body in bodies.items():
        headers = {"Content-Type": content_type, "Content-Encoding": "gzip", "X-Tenant-Id": tenant}
        assert client.post("/ingest", data=gzip.compress(body.encode()), headers=headers).status_code == 202

    assert texts() == events


def test_vectors_health_checks_succeed(client: FlaskClient) -> None:
    # src/sinks/{elasticsearch/common,loki/healthcheck,splunk_hec/common/util,datadog/mod}.rs
    for path in ("/", "/_cluster/health", "/ready", "/services/collector/health/1.0"):
        assert client.get(path).status_code == 200


def test_the_datadog_agent_sends_a_probe_then_arrays(client: FlaskClient, tenant: str, texts: Texts) -> None:
    # pkg/logs/client/http/destination.go and pkg/logs/processor/json.go
    headers = {
        "DD-API-KEY": "0123456789abcdef0123456789abcdef",
        "Content-Type": "application/json",
        "DD-PROTOCOL": "agent-json",
        "DD-EVP-ORIGIN": "agent",
        "DD-EVP-ORIGIN-VERSION": "7.70.0",
        "User-Agent": "datadog-agent/7.70.0",
        "X-Tenant-Id": tenant,
    }
    assert client.post("/api/v2/logs", data=b"{}", headers=headers).status_code == 202

    logs = [
        {
            "message": f"line {number}",
            "status": "info",
            "timestamp": 1_769_860_800_000 + number,
            "hostname": "web-1",
            "service": "shop",
            "ddsource": "python",
            "ddtags": "filename:shop.log",
        }
        for number in range(2)
    ]
    for encoding, compress in (("gzip", gzip.compress), ("zstd", zstandard.compress)):
        body = compress(json.dumps(logs).encode())
        assert (
            client.post("/api/v2/logs", data=body, headers=headers | {"Content-Encoding": encoding}).status_code == 202
        )

    assert sorted(texts(), key=lambda log: log["timestamp"]) == [logs[0], logs[0], logs[1], logs[1]]
