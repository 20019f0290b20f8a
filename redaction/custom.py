"""A tenant's own patterns. They run on RE2 only, which is linear in the text whatever the pattern."""

import re
from typing import Any

import msgspec

from redaction.gates import re2_adapter

MAX_PATTERN_CHARACTERS = 500

_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,31}")


class CustomPattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to look for, and the name of its token, such as EMPLOYEE_ID. The value is the first group, if there is one.

    Raises ValueError for a name or a pattern that can't be used.
    """

    entity: str
    pattern: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.entity):
            raise ValueError(f"{self.entity!r} is no name of an entity: 2 to 32 of A-Z, 0-9 and _, a letter first")
        if len(self.pattern) > MAX_PATTERN_CHARACTERS:
            raise ValueError(f"the pattern of {self.entity} is longer than {MAX_PATTERN_CHARACTERS} characters")
        compiled = Re2Pattern(self.pattern)
        if compiled.matches_nothing():
            raise ValueError(f"the pattern of {self.entity} matches the empty text: it would match everywhere")


class Re2Pattern:
    """Searches like `re.Pattern`, by google-re2.

    Raises ValueError when RE2 is not there, or does not take the pattern.
    """

    def __init__(self, pattern: str) -> None:
        if re2_adapter.re2 is None:
            raise ValueError("custom patterns need google-re2, which is not installed here")
        options = re2_adapter.re2.Options()
        options.log_errors = False
        options.max_mem = re2_adapter.DEFAULT_MEMORY_BYTES
        try:
            self._pattern = re2_adapter.re2.compile(pattern, options=options)
        except re2_adapter.re2.error as error:
            # RE2 gives its reason as bytes.
            reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else error
            raise ValueError(f"RE2 does not take the pattern {pattern!r}: {reason}") from None
        self.groupindex = {"value": 1} if self._pattern.groups else {}

    def matches_nothing(self) -> bool:
        """Whether it matches an empty text."""
        return self._pattern.search("") is not None

    def search(self, text: str, position: int = 0) -> Any:
        """The first match at or behind `position`; lone surrogates match as question marks do."""
        try:
            return self._pattern.search(text, position)
        except UnicodeEncodeError:
            return self._pattern.search(text.encode("utf-8", "replace").decode(), position)
