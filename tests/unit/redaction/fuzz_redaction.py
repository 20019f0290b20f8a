"""Fuzzer of the redaction engine, guided by the code it reaches.

It needs atheris; pytest does not collect it.

    python -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install -r requirements.txt && /tmp/fuzz/bin/pip install atheris
    PYTHONPATH=. /tmp/fuzz/bin/python tests/unit/redaction/fuzz_redaction.py -max_total_time=300 -max_len=400 CORPUS

A text that breaks a rule ends the run and is written to crash-*; `... fuzz_redaction.py crash-*` runs it again.
"""

import sys

import atheris

with atheris.instrument_imports(include=["redaction"]):
    from redaction import Redactor
    from redaction.recognizers import RECOGNIZERS

REDACTOR = Redactor()
LONGEST = 600

# A text that is made of pieces reaches what no mutation of bytes finds: a number with the right check digit.
PIECES = [
    *sorted({value for recognizer in RECOGNIZERS for _, value in recognizer.positive}),
    *sorted({line for recognizer in RECOGNIZERS for line, _ in recognizer.positive}),
    *sorted({line for recognizer in RECOGNIZERS for line in recognizer.negative}),
    *sorted({f"[{recognizer.entity}]" for recognizer in RECOGNIZERS}),
    *" .:;,-+@%/'\"=()[]{}<>&?_\\\n\t0aZ", "%40", "%20", "%3D", r"\n", '\\"', r"\u0040", '{"a":"', '":"', '"}',
    "é", "身", "🙂",
]  # fmt: skip


class Broken(AssertionError):
    """A rule for every text does not hold for this one."""


def build_text(data: bytes) -> str:
    """Build a text from random bytes.

    Half of the inputs are the text itself; the others select pieces, with a few characters between them.
    """
    provider = atheris.FuzzedDataProvider(data)
    if provider.ConsumeBool():
        return provider.ConsumeUnicode(LONGEST)
    parts: list[str] = []
    while provider.remaining_bytes() and len(parts) < 12:
        piece = PIECES[provider.ConsumeIntInRange(0, len(PIECES) - 1)]
        if provider.ConsumeIntInRange(0, 3) == 0:
            piece = piece[provider.ConsumeIntInRange(0, len(piece)) :]
        parts.append(piece)
        if provider.ConsumeIntInRange(0, 3) == 0:
            parts.append(provider.ConsumeUnicode(3))
    return "".join(parts)


def check(text: str) -> None:
    """Raise Broken for a rule that does not hold."""
    redaction = REDACTOR.redact(text)
    position = 0
    for entity in redaction.entities:
        if not position <= entity.start < entity.end <= len(text):
            raise Broken(f"{entity} overlaps, is empty or outside")
        position = entity.end
    # A token, and the quotes that it needs in the place of a number of a JSON text.
    room = sum(len(entity.type) + len('"[]"') for entity in redaction.entities)
    if len(redaction.text) > len(text) + room:
        raise Broken(f"{len(text)} characters became {len(redaction.text)}")
    kept = "".join(text[start:end] for start, end in _between(redaction.entities, len(text)))
    if len(kept) > len(redaction.text):
        raise Broken("more than the entities is gone")
    again = REDACTOR.redact(redaction.text)
    if again.text != redaction.text or again.entities:
        raise Broken(f"a second redaction changed {redaction.text!r} to {again.text!r}: {again.entities}")


def _between(entities: object, length: int) -> list[tuple[int, int]]:
    ends = [0, *(entity.end for entity in entities)]
    starts = [*(entity.start for entity in entities), length]
    return list(zip(ends, starts, strict=True))


def main() -> None:
    """Run atheris with its own options."""
    atheris.Setup(sys.argv, lambda data: check(build_text(data)))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
