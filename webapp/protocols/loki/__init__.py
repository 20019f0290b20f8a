"""Grafana Loki: its push request, in JSON and in protobuf."""
