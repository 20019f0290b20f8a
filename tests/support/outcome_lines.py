"""Outcome lines of the workers, one for each task that has ended."""

import json
from typing import Any


def parse_outcome_lines(log: str, outcome: str | None = None) -> list[dict[str, Any]]:
    """Return the outcome lines in a log, all or of one outcome."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith('{"level"')]
    return [line for line in lines if outcome is None or line["message"] == outcome]
