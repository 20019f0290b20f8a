"""Signs of telephone numbers: plus, spaces, hyphens, extension."""

PLUS = r"(?:\+|\uff0b|%2B)"
# Spaces and hyphens of word processors, unescaped as RE2 takes them.
TYPESET = "\u00a0\u202f\u2010-\u2013"
SPACE = r"(?:[ \u00a0\u202f]|%20)"
SIGN = rf"(?:[-./\u2010-\u2013]|{SPACE}(?:[-/\u2013]{SPACE})?)"
# A space joins groups, unless what follows is a date, a time or a word of its own such as "12ms".
JOIN = rf"\)?(?:(?! (?:\d{{4}}-\d\d-|\d{{1,2}}:\d\d|\d+[a-z])){SIGN})?\(?"
EXTENSION = r"(?:(?: ?(?:x|ext\.?|extension)|;ext=) ?\d{1,5}(?!\d))"
