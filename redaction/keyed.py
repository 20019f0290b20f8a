r"""Values that are known by the key before them, in whatever notation a log has them.

"password": "value"     password=value      password: value     password => value     ?password=value&
\"password\":\"value\"  'password':'value'  password%3Dvalue    <password>value</     password is value
"""

import re

from redaction.context import word_gate, word_pattern

# A quote may be escaped, once for each string that the JSON sits in.
_QUOTE = r"(?:\\{0,7}[\"'`]|%22|&quot;)"
_SUFFIX = r"(?:[ _.-]?(?:number|num|no\.?|nr\.?|id|code|value|#))?"
SEPARATOR = rf"{_QUOTE}?(?:[ \t]{{0,2}}(?:=>|:=|[:=]|%3[AaDd])[ \t]{{0,2}}|>|[ \t](?:is|was)[ \t]){_QUOTE}?"
_GATE_SEPARATOR = r"[\\\"'`%2&quot;]{0,9}(?:[ \t]{0,2}[:=%]|>|[ \t](?:is|was)[ \t])"


def keyed(words: tuple[str, ...], value: str, flags: int = 0, *, suffix: bool = True) -> re.Pattern[str]:
    """A pattern whose group "value" is `value` behind one of `words` and a separator.

    Args:
        words: as `redaction.context.Context` has them: "api key" is also `apiKey`, `API_KEY`, `x-api-key`.
        value: a bounded pattern.
        flags: of `re`.
        suffix: whether "number", "no", "id", "code" or the like may stand behind the word.
    """
    return re.compile(rf"{word_pattern(words)}{_SUFFIX if suffix else ''}{SEPARATOR}(?P<value>{value})", flags)


def keyed_gate(words: tuple[str, ...], *, suffix: bool = True) -> str:
    """The gate of `keyed`."""
    return rf"{word_gate(words)}(?i:{_SUFFIX if suffix else ''}){_GATE_SEPARATOR}"
