"""Where a number may begin and end; for patterns with `re.ASCII`.

Letters outside ASCII never join a value: in text without spaces between words a number follows a word directly.
"""

# "\n" in a JSON string that is itself logged, and %20 or %3A in a URL, end in a letter or digit that isn't the value's.
AFTER_ESCAPE = r"(?<=\\[nrt])|(?<=%[2-7][0-9A-Fa-f])"

# Not inside a word, a chain of hyphens (UUID, order id) or a decimal.
NUMBER_START = rf"(?:(?<![0-9A-Za-z])(?<![0-9A-Za-z_]-)(?<!\d\.)|{AFTER_ESCAPE})"
# The lookahead is for speed: `re` rejects most positions before it looks back.
DIGIT_START = rf"(?=\d){NUMBER_START}"
NUMBER_END = r"(?![0-9A-Za-z]|-[0-9A-Za-z]|\.\d)"

# The same for gates, as far as RE2 can express it: it has no lookaround.
GATE_START = r"(?:^|[^0-9A-Za-z]|%[2-7][0-9A-Fa-f]|\\[nrt])"
# Before a digit. A letter may stand there too, so that the automaton counts the digits of all gates alike: what only
# one gate counts multiplies the states of all.
GATE_DIGIT_START = r"(?:^|[^0-9]|%[2-7][0-9])"
GATE_END = r"(?:[^0-9A-Za-z]|$)"
