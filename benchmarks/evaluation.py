"""What ../shared/eval/evalpii.py calls: `python ../shared/eval/evalpii.py benchmarks.evaluation:redact --split dev`."""

from redaction import Redactor

_redactor = Redactor()


def redact(text: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The redacted text, and the spans in the original that were replaced, with their types."""
    redaction = _redactor.redact(text)
    return redaction.text, [(entity.start, entity.end, entity.type) for entity in redaction.entities]
