"""Redactor that some texts crash, loaded by `celery worker --include`.

Such a text stands for one that makes a native library crash, or that needs more memory than there is.
"""

import os
import signal
from collections.abc import Sequence

from redaction import Redaction, Redactor

CRASHES = "crashes the redactor"

_redact, _redact_batch = Redactor.redact, Redactor.redact_batch


def _crash(texts: Sequence[str]) -> None:
    if any(CRASHES in text for text in texts):
        os.kill(os.getpid(), signal.SIGKILL)


def _crash_or_redact(self: Redactor, text: str) -> Redaction:
    _crash([text])
    return _redact(self, text)


def _crash_or_redact_batch(self: Redactor, texts: Sequence[str]) -> list[Redaction]:
    _crash(texts)
    return _redact_batch(self, texts)


Redactor.redact = _crash_or_redact  # type: ignore[method-assign]  # in the chaos test's worker only
Redactor.redact_batch = _crash_or_redact_batch  # type: ignore[method-assign]  # in the chaos test's worker only
