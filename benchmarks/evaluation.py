"""Adapter of the redaction engine for an evaluation on labelled texts.

A script that measures precision and recall is given `benchmarks.evaluation:redact`.
"""

from redaction import Redactor

_redactor = Redactor()


def redact(text: str) -> tuple[str, list[tuple[int, int, str]]]:
    """Redact a text.

    Returns:
        The redacted text, and the replaced spans of the original with their types.
    """
    redaction = _redactor.redact(text)
    return redaction.text, [(entity.start, entity.end, entity.type) for entity in redaction.entities]
