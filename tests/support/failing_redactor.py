"""Redactor that fails on some texts, loaded by `celery worker --include`.

Such a text stands for one that reveals a mistake in the redactor, or that crashes a native library.
"""

import os
import signal
from collections.abc import Sequence

from redaction import Redaction, Redactor

RAISES = "makes the redactor raise"
DIES = "kills its process"
NEVER_ENDS = "keeps its process for ever"

_redact, _redact_batch = Redactor.redact, Redactor.redact_batch


def _fail(texts: Sequence[str]) -> None:
    for text in texts:
        if DIES in text:
            os.kill(os.getpid(), signal.SIGKILL)
        while NEVER_ENDS in text:
            signal.pause()
        if RAISES in text:
            raise ValueError(text)


def _redact_or_fail(self: Redactor, text: str) -> Redaction:
    _fail([text])
    return _redact(self, text)


def _redact_batch_or_fail(self: Redactor, texts: Sequence[str]) -> list[Redaction]:
    _fail(texts)
    return _redact_batch(self, texts)


Redactor.redact = _redact_or_fail
Redactor.redact_batch = _redact_batch_or_fail
