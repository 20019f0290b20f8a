"""The public face of the engine."""

from collections.abc import Sequence

from redaction.detection import detect
from redaction.policy import Policy
from redaction.recognizers import RECOGNIZERS
from redaction.result import Redaction


class Redactor:
    """Replaces each entity in a text by its token, `[NAME]`. Holds no state between calls and is safe to share.

    Redacting a redacted text changes nothing. Any `str` is accepted, lone surrogates and NUL included.
    """

    __slots__ = ("_recognizers",)

    def __init__(self, policy: Policy | None = None) -> None:
        wanted = policy or Policy()
        self._recognizers = tuple(recognizer for recognizer in RECOGNIZERS if wanted.replaces(recognizer.entity))

    def redact(self, text: str) -> Redaction:
        entities = tuple(detect(text, self._recognizers))
        pieces: list[str] = []
        position = 0
        for entity in entities:
            pieces += (text[position : entity.start], f"[{entity.type}]")
            position = entity.end
        pieces.append(text[position:])
        return Redaction("".join(pieces), entities)

    def redact_batch(self, texts: Sequence[str]) -> list[Redaction]:
        """Redact each text by itself; the results are in the order of `texts`."""
        return [self.redact(text) for text in texts]
