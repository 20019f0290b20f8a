"""One pattern for all gates begins to match where the first of them does."""

import pytest

from redaction.gate_union import union
from redaction.gates import Search, compile_search
from redaction.recognizers import RECOGNIZERS

GATES = sorted({recognizer.gates for recognizer in RECOGNIZERS})
LINES = [
    *(line for recognizer in RECOGNIZERS for line, _ in recognizer.positive),
    *(line for recognizer in RECOGNIZERS for line in recognizer.negative),
]


def search(pattern: str) -> Search:
    compiled = compile_search(pattern)
    assert compiled
    return compiled


def test_all_gates_on_all_examples() -> None:
    searches = [search(gate) for gate in GATES]
    both = search(f"(?m){union(GATES)}")

    for line in LINES:
        encoded = line.encode()
        starts = [start for each in searches if (start := each(encoded, 0, len(encoded))) >= 0]
        assert both(encoded, 0, len(encoded)) == min(starts, default=-1), line


@pytest.mark.parametrize(
    ("gates", "text", "start"),
    [
        (["(?i:pin|pass)=", "(?i:p)x"], "a PASS=1 pin=2", 2),
        (["(?i:pin|pass)=", "(?i:p)x"], "pass Px", 5),
        (["(?i:ab|c)*d"], "xabcabd", 1),
        (["(?i:a?b)", "[|(]x"], "c b(x", 2),
        (["(?i:a?b)", "[|(]x"], "c (x", 2),
        ([r"(?i:a\|b|c)d|e"], "a|bd", 0),
        (["(?i:été|ß)="], "ÉTÉ=", 0),
        (["(?i:a[|]b)(?i:c|d)"], "A|BD", 0),
        (["(?i:a(?:b|c))d"], "acd", 0),
        (["(?i:ab)"], "ba", -1),
    ],
)
def test_words_by_their_first_letter(gates: list[str], text: str, start: int) -> None:
    encoded = text.encode()

    assert search(union(gates))(encoded, 0, len(encoded)) == start
