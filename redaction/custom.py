"""A tenant's own patterns, which run on RE2 only.

RE2 takes time linear in the text whatever the pattern.
"""

import re
from typing import Any

import msgspec

from redaction.gates.re2_adapter import compile_pattern

MAX_PATTERN_CHARACTERS = 500

_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,31}")


class CustomPattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One pattern and the name of its token, such as EMPLOYEE_ID.

    The value is the first group, or the whole match without a group.

    Raises:
        ValueError: the name or the pattern can't be used; the message says why.
    """

    entity: str
    pattern: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.entity):
            raise ValueError(f"{self.entity!r} is not an entity name: use 2 to 32 of A-Z, 0-9 and _, a letter first")
        if len(self.pattern) > MAX_PATTERN_CHARACTERS:
            raise ValueError(f"the pattern of {self.entity} is longer than {MAX_PATTERN_CHARACTERS} characters")
        if Re2Pattern(self.pattern).matches_empty_text():
            raise ValueError(f"the pattern of {self.entity} matches the empty text: it would match everywhere")


class Re2Pattern:
    """Pattern of google-re2 that a recognizer can use like a `re.Pattern`.

    Raises:
        ValueError: RE2 rejects the pattern.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = compile_pattern(pattern)
        self.groupindex = {"value": 1} if self._pattern.groups else {}

    def matches_empty_text(self) -> bool:
        """Return True if the pattern matches the empty text."""
        return self._pattern.search("") is not None

    def search(self, text: str, position: int = 0) -> Any:
        """Return the first match at or behind `position`.

        A lone surrogate matches as a question mark does.
        """
        try:
            return self._pattern.search(text, position)
        except UnicodeEncodeError:
            return self._pattern.search(text.encode("utf-8", "replace").decode(), position)
