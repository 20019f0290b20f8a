r"""Patterns of a value behind its label, in keys and prose.

ssn=value      "ssn": {"S": "value"}     \"ssn\":\"value\"     ssn%22%3A%22value     SSN# value
the ssn is value      ssnNumber: value      user[ssn]=value      ssn: Some("value")     (SSN) value

Only punctuation and words that name no other thing stand between the two. `redaction.fragments.key_value` requires a
separator instead; use this module for values with a check digit or a certain shape, or whose labels mean nothing
else.
"""

import re

from redaction.fragments.context import word_gate, word_pattern

_JOINT = r"(?:%[2-7][0-9A-Fa-f]|&quot;|[^0-9A-Za-z%]|%(?![2-7][0-9A-Fa-f]))"
_FILLER = r"number|num|no|nr|id|code|value|is|was|of|for|the|my|on[ ]file|ending in|string|some|optional|s|n"
_GAP = rf"{_JOINT}{{0,12}}(?:(?i:{_FILLER})(?![0-9A-Za-z]){_JOINT}{{0,12}}){{0,3}}"
# A token such as [US_SSN] labels nothing; user[ssn]=value does.
_OUTSIDE_TOKENS = r"(?!\](?!=))"


def labelled_pattern(words: tuple[str, ...], value: str, flags: int = 0) -> re.Pattern[str]:
    """Build the pattern of a label and the group "value" behind it.

    Args:
        words: labels as `redaction.fragments.context.Context` has them.
        value: a bounded pattern.
        flags: flags of `re`.
    """
    return re.compile(rf"{word_pattern(words)}{_OUTSIDE_TOKENS}{_GAP}(?P<value>{value})", flags)


def labelled_gate(words: tuple[str, ...]) -> str:
    """Build the gate of `labelled_pattern`, or of a context before the value.

    Words that go on in lower case are left out: "vin" in "having".
    """
    return rf"{word_gate(words)}[^a-z]"
