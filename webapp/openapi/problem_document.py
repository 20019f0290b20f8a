"""Schema of every error, after RFC 9457. https://www.rfc-editor.org/rfc/rfc9457."""

from typing import Literal

import msgspec


class ProblemDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong and what to do about it.

    Programs test `code`, which never changes.
    """

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    request_id: str
