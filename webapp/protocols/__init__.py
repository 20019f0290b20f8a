"""Protocols of other log systems, so that their clients work unmodified."""

from flask import Flask

from webapp.protocols import axiom, datadog
from webapp.protocols.elasticsearch import view as elasticsearch
from webapp.protocols.loki import view as loki
from webapp.protocols.otlp import view as otlp
from webapp.protocols.splunk import view as splunk


def init_app(app: Flask) -> None:
    """Register a blueprint for each protocol."""
    for protocol in (otlp, loki, splunk, elasticsearch, datadog, axiom):
        app.register_blueprint(protocol.blueprint)
