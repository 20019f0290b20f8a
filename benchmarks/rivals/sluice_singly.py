"""Sluice's engine with everything on, a line at a time."""

from benchmarks.rivals import Rival, line_by_line
from benchmarks.rivals.sluice import has_entities
from redaction import Redactor


def load() -> Rival:
    """Make the redactor."""
    return Rival(line_by_line(Redactor().redact), has_entities)
