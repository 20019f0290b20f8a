"""A valid request of each protocol: path, Content-Type, body."""

REQUESTS = {
    "OTLP": (
        "/v1/logs",
        "application/json",
        b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"QUOKKA"}}]}]}]}',
    ),
    "Loki": ("/loki/api/v1/push", "application/json", b'{"streams":[{"stream":{},"values":[["1","QUOKKA"]]}]}'),
    "Splunk": ("/services/collector", "application/json", b'{"event":"QUOKKA"}'),
    "Splunk's lines": ("/services/collector/raw", "text/plain", b"QUOKKA"),
    "Elasticsearch": ("/_bulk", "application/x-ndjson", b'{"create":{}}\n{"message":"QUOKKA"}\n'),
    "Axiom": ("/v1/datasets/shop/ingest", "application/x-ndjson", b'{"message":"QUOKKA"}\n'),
    "Datadog": ("/api/v2/logs", "application/json", b'[{"message":"QUOKKA"}]'),
}
