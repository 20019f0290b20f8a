r"""Patterns of a key and its value, in the notations of logs.

"password": "value"     password=value      password: value     password => value      ?password=value&
\"password\":\"value\"  'password':'value'  password%3Dvalue    <password>value</      password is value
user[password]=value    ("password", "value")   name="password" value="value"    "value":{"stringValue":"value"
"""

import re

from redaction.fragments.context import word_gate, word_pattern

# A quote may be escaped, once for each JSON string around the JSON.
_QUOTE = r"(?:\\{0,7}[\"'`]|%2[27]|&(?:quot|#3[49]);|\\{1,7}u002[27])"
_SUFFIX = r"(?:[ _.-]?(?:number|num|no\.?|nr\.?|id|code|value|#))?"
_ASSIGN = r"[ \t]{0,8}(?:=>|->|:=|[:=\uff1a]|\u4e3a[:\uff1a]?|\u662f[:\uff1a]?|%3[AaDd])[ \t]{0,8}"
_VERB = r"[ \t](?:is|was)(?:[ \t]set[ \t]to)?:?[ \t]"
# {"name": "key", "value": "…"}, and {"key": "…", "value": {"stringValue": "…"}} as OTLP has it in JSON.
_PAIR = rf"{_QUOTE}[ ,]{{1,2}}{_QUOTE}?[Vv]alue{_QUOTE}?[ \t]?[:=][ \t]?"
_TYPED = rf"(?:\{{[ \t]?{_QUOTE}(?:stringValue|intValue|S|N){_QUOTE}:[ \t]?)?"
# user[password]=value, but the token [PASSWORD] of an earlier redaction is no key.
_BRACKET = r"(?:(?<![A-Z])\]|%5[Dd])"
SEPARATOR = (
    rf"(?:(?:{_QUOTE}?{_BRACKET}?(?:{_ASSIGN}|>|{_VERB})|{_PAIR}){_TYPED}\[?(?:[bu](?=[\"']))?{_QUOTE}?"
    rf"|{_QUOTE},[ \t]?{_QUOTE})"
)
"""What may stand between a key and its value; for `re`."""
GATE_SEPARATOR = (
    r"[\\\"'`%0-9Dd&quot;#\]]*"
    "(?:[ \\t]*(?:[:=%>\uff1a\u4e3a\u662f]|->)"
    r"|[ \t](?:is|was)[ \t:]|[\"'`27;][ ,][ ,]?[\\\"'`&%Vv])"
)
"""The same, for a gate, up to its first signs."""
GATE_JOINT = r"(?:[^0-9A-Za-z\n]|[Vv]?alue|string|int|set to|is|was|[buSN])*"
"""The rest of it, for a gate that goes on with the value."""


def keyed_pattern(words: tuple[str, ...], value: str, flags: int = 0, *, suffix: bool = True) -> re.Pattern[str]:
    """Build the pattern of a key, a separator and the group "value".

    Args:
        words: keys, written as `Context` has them: "api key" is also `apiKey`, `API_KEY`, `x-api-key`.
        value: a bounded pattern.
        flags: flags of `re`.
        suffix: True if "number", "no", "id", "code" or the like may stand behind the word.
    """
    behind = f"(?i:{_SUFFIX})" if suffix else ""
    return re.compile(rf"{word_pattern(words)}{behind}{SEPARATOR}(?P<value>{value})", flags)


def keyed_gate(words: tuple[str, ...], *, suffix: bool = True) -> str:
    """Build the gate of `keyed_pattern`."""
    return rf"{word_gate(words)}(?i:{_SUFFIX if suffix else ''}){GATE_SEPARATOR}"
