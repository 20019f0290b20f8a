"""One line of JSON for each batch that a worker is done with, for whoever has a request's id, or a trace's, in hand."""

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

_logger = logging.getLogger("sluice.outcome")
_logger.propagate = False
_logger.setLevel(logging.INFO)
_handler = logging.StreamHandler()
_handler.setFormatter(
    JsonFormatter("{levelname}{message}", style="{", timestamp="time", rename_fields={"levelname": "level"})
)
_logger.addHandler(_handler)


def tell(message: str, **fields: Any) -> None:
    """Write a line. Nothing in it may be a text: names, ids, counts and seconds."""
    _logger.info(message, extra=fields)
