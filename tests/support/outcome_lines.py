"""Lines of JSON that workers write, one for each task that has ended."""

import json
from typing import Any


def parse_outcome_lines(log: str, outcome: str | None = None) -> list[dict[str, Any]]:
    """Return the lines of JSON in a worker's log, or only those with one outcome."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith('{"level"')]
    return [line for line in lines if outcome is None or line["message"] == outcome]
