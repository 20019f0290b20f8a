"""The public face of the engine."""

import re
from collections.abc import Sequence

from redaction.detection import Detector
from redaction.gates import compile_gates
from redaction.policy import Policy
from redaction.recognizers import RECOGNIZERS
from redaction.result import Redaction


class Redactor:
    """Replaces each entity in a text by its token, `[NAME]`. Holds no state between calls and is safe to share.

    Redacting a redacted text changes nothing. Any `str` is accepted, lone surrogates and NUL included.
    """

    __slots__ = ("_detector",)

    def __init__(self, policy: Policy | None = None) -> None:
        wanted = policy or Policy()
        recognizers = [recognizer for recognizer in RECOGNIZERS if wanted.replaces(recognizer.entity)]
        gates = compile_gates([recognizer.gates for recognizer in recognizers])
        entities = "|".join(sorted({recognizer.entity for recognizer in RECOGNIZERS}))
        self._detector = Detector(recognizers, gates, re.compile(rf"\[(?:{entities})\]"))

    def redact(self, text: str) -> Redaction:
        """Redact one text."""
        entities = self._detector.detect(text)
        if not entities:
            return Redaction(text, ())
        pieces: list[str] = []
        position = 0
        for entity in entities:
            pieces += (text[position : entity.start], f"[{entity.type}]")
            position = entity.end
        pieces.append(text[position:])
        return Redaction("".join(pieces), tuple(entities))

    def redact_batch(self, texts: Sequence[str]) -> list[Redaction]:
        """Redact each text by itself; the results are in the order of `texts`."""
        return [self.redact(text) for text in texts]
