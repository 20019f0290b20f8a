"""Tests that tell random keys and tokens from names, words and placeholders."""

import re
from string import ascii_letters, digits

_RUN = re.compile(r"[0-9A-Za-z]+")
_HEXADECIMAL = re.compile(r"(?:[0-9a-f]+|[0-9A-F]+)\Z")
_KINDS = str.maketrans(dict.fromkeys(digits, "0") | dict.fromkeys(ascii_letters, "a"))
_CASE_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[a-z])")
_UNPRONOUNCEABLE = re.compile(r"(?![A-Z]{5})[bcdfghj-np-tv-xzBCDFGHJ-NP-TV-XZ]{5}")
_VOWEL = re.compile("[aeiouyAEIOUY]")

_REPEATED = re.compile(r"([0-9A-Za-z*#.•_-])\1{5}")
_COUNTED = re.compile(r"abcdefgh[i-z]*|0?12345678[0-9]*|qwertyuiop[a-z]*")
_COUNTING = ("abcdefgh", "12345678", "qwertyuiop")
# ${TOKEN}, {{ token }}, [REDACTED], <hidden>, $1, :name, @p0, %s, ****, and fields of objects.
_VARIABLE = re.compile(
    r"\$?\{|\$\(|#\{|%[({]|\[[\w .:*-]*(?:\]|\Z)|<[\w .:*%-]*(?:>|\Z)|&lt;"
    r"|\$(?:[0-9]{1,2}|[A-Z][A-Z0-9_]*|[a-z_]+)\Z|:[a-z_]+\Z|@[a-z_]+\Z|@p[0-9]+\Z|%[sdv]\Z|%\w+%\Z|[*?•…#.-]+\Z"
    r"|(?:self|this|config|request|req|params|env|process|os|settings|opts|options|args|ctx|body|form|data|secrets)\."
)
_STAND_IN = re.compile(
    r"(?i:(?:(?:your|my|the|some|insert|enter|replace|dummy|fake|sample|example)[-_ ]?)?"
    r"(?:redacted|masked|hidden|filtered|removed|scrubbed|sanitized|obfuscated|censored|omitted|secret"
    r"|protected|encrypted"
    r"|placeholder|null|none|nil|undefined|nan|unset|empty|blank|true|false|yes|no|on|off|n/a|na|tbd|todo|x+|_+)"
    r"(?:[-_ ]?here)?)\Z"
)


def is_placeholder(value: str) -> bool:
    """Return True if `value` stands for a hidden or absent one.

    Examples: `null`, `****`, `${TOKEN}`, `xxxxxx`.
    """
    if _VARIABLE.match(value) or _STAND_IN.match(value):
        return True
    if len(value) >= 16:
        lower = value.lower()
        if any(run in lower for run in _COUNTING):
            counted = _COUNTED.search(lower)
            if counted and len(counted.group()) * 2 >= len(value):
                return True
    # The first 64 characters decide for most long values: counting all of them would cost more.
    return len(value) >= 8 and len(set(value[:64])) < 16 > len(set(value)) and _REPEATED.search(value) is not None


def is_random(value: str) -> bool:
    """Return True if a run in `value` looks random.

    A run consists of letters and digits that a person would not write.
    """
    return any(_is_random_run(run.group()) for run in _RUN.finditer(value))


def is_hexadecimal(value: str) -> bool:
    """Return True for hexadecimal in one case, with digits and letters."""
    return _HEXADECIMAL.match(value) is not None and not value.isdigit() and not value.isalpha()


def _is_random_run(run: str) -> bool:
    if len(run) < 6 or run.isdigit():
        return False
    if len(run) >= 16 and is_hexadecimal(run):
        return True
    if run.isalpha():
        return len(run) >= 16 and (
            _UNPRONOUNCEABLE.search(run) is not None
            or len(_VOWEL.findall(run)) * 5 < len(run)
            or len(_CASE_CHANGE.findall(run)) * 2 > len(run)
        )
    kinds = run.translate(_KINDS)
    # "user2024" alternates once, "sha256sum" twice.
    return kinds.count("0a") + kinds.count("a0") >= (3 if len(run) < 16 else 2)
