"""Loaded into the redact worker by `celery worker --include`: some batches end the process that redacts them.

As a text would that makes a native library crash, or that needs more memory than there is.
"""

import os
import signal
from collections.abc import Sequence

from redaction import Redaction, Redactor

CRASHES = "crashes the redactor"

_redact_batch = Redactor.redact_batch


def _crash_or_redact(self: Redactor, texts: Sequence[str]) -> list[Redaction]:
    if any(CRASHES in text for text in texts):
        os.kill(os.getpid(), signal.SIGKILL)
    return _redact_batch(self, texts)


Redactor.redact_batch = _crash_or_redact  # type: ignore[method-assign]  # only here, in a benchmark's worker
