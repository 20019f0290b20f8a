"""One pattern for all gates begins to match where the first of them does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redaction.gates.gates import compile_search
from redaction.gates.re2_adapter import Search
from redaction.gates.rewriting import union
from redaction.recognizers import RECOGNIZERS

GATES = sorted({recognizer.gate_pattern for recognizer in RECOGNIZERS})
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
        ([r"(?i:a[\]|)]b|c)d"], "a]bd", 0),
        (["(?i:ab)?c"], "abd bc", 5),
        (["(?:(?i:ab)|d)?c"], "dc", 0),
        (["(?:(?i:ab)|d)?c"], "aB ABc", 3),
        (["(?:(?i:ab)|d)+c"], "xdabc", 1),
        (["(?i:(?:x|y)?z(?:1|2))q"], "z1 yZ2q", 3),
        (["(?i:e?.a)b"], "Eab", 0),
        (["(?i:)(?:A|b)c"], "ac Bc bc Ac", 6),
        ([], "a é\n", -1),
    ],
)
def test_words_by_their_first_letter(gates: list[str], text: str, start: int) -> None:
    encoded = text.encode()

    assert search(union(gates))(encoded, 0, len(encoded)) == start


pieces = st.recursive(
    st.sampled_from(["a", "b", "ab", "é", "[ab]", r"\.", "[(|)]"]),
    lambda inner: st.tuples(
        st.sampled_from(["", "(?:", "(?i:"]), st.lists(inner, max_size=3), st.sampled_from(["", "?", "+", "{2}"]), inner
    ).map(lambda of: f"{of[0]}{'|'.join(of[1])}){of[2]}{of[3]}" if of[0] else "".join((*of[1], of[3]))),
    max_leaves=8,
)


@given(st.lists(pieces, min_size=1, max_size=3), st.text("abABéÉ.(|)", max_size=12))
@settings(max_examples=500, deadline=None)
def test_any_gates(gates: list[str], text: str) -> None:
    encoded = text.encode()
    starts = [start for gate in gates if (start := search(gate)(encoded, 0, len(encoded))) >= 0]

    assert search(union(gates))(encoded, 0, len(encoded)) == min(starts, default=-1)
