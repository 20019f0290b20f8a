"""Pattern fragments that say where a number may begin and end. They assume `re.ASCII`.

Letters outside ASCII never join a value: in text without spaces between words a number follows a word directly.
"""

# "\n" in a JSON string that is itself logged, and %20 or %3A in a URL, end in a letter or digit that isn't the value's.
AFTER_ESCAPE = r"(?<=\\[nrt])|(?<=%[2-7][0-9A-Fa-f])"

# Not inside a word, a chain of hyphens (UUID, order id) or a decimal.
NUMBER_START = rf"(?:(?<![0-9A-Za-z])(?<![0-9A-Za-z_]-)(?<!\d\.)|{AFTER_ESCAPE})"
# The look ahead is for speed: `re` is done with most places before it looks back.
DIGIT_START = rf"(?=\d){NUMBER_START}"
NUMBER_END = r"(?![0-9A-Za-z]|-[0-9A-Za-z]|\.\d)"

# The same for gates, as far as RE2 can say it.
GATE_START = r"(?:^|[^0-9A-Za-z]|%[2-7][0-9A-Fa-f]|\\[nrt])"
# Before a digit; letters too, so that all numbers that are counted from there on are counted alike: what a gate counts
# that another one doesn't multiplies the states of their automaton.
GATE_DIGIT_START = r"(?:^|[^0-9]|%[2-7][0-9])"
GATE_END = r"(?:[^0-9A-Za-z]|$)"
