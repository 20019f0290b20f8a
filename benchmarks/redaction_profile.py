"""Profile of the redaction engine, for tuning gates and recognizers."""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from benchmarks.rivals.run import BATCH
from redaction import Redactor
from redaction.gates.gates import Starts, get_gates
from redaction.recognizer import Recognizer
from redaction.recognizers import RECOGNIZERS

COSTLIEST = 10
ROUNDS = 5
MIN_SECONDS = 0.02
"""CPU time of one measurement; shorter ones would show the clock's own steps."""

_Look = tuple[str, Starts]
"""A line, and where in it a gate has matches."""


def print_profile(lines: Sequence[str]) -> None:
    """Print how often gates open in vain, and the costliest recognizers."""
    redactor = Redactor()
    gates = get_gates(tuple(recognizer.to_gate() for recognizer in RECOGNIZERS))
    batches = [lines[start : start + BATCH] for start in range(0, len(lines), BATCH)]
    opened: dict[int, list[_Look]] = defaultdict(list)
    closed = in_vain = 0
    for batch in batches:
        matches = gates.matches_by_text(batch)
        closed += len(batch) - len(matches)
        for index, line_gates in matches.items():
            in_vain += not redactor.redact(batch[index]).entities
            for gate, starts in line_gates.items():
                opened[gate].append((batch[index], starts))
    count = len(lines)
    whole = _seconds(lambda: [redactor.redact_batch(batch) for batch in batches])
    gating = _seconds(lambda: [gates.matches_by_text(batch) for batch in batches])
    rows = [_Row(RECOGNIZERS[gate], looks) for gate, looks in opened.items()]
    finding = sum(row.seconds for row in rows)
    size = sum(len(line.encode(errors="replace")) + 1 for line in lines)
    print(
        f"{count} lines, {size / count:.0f} bytes a line, {len(RECOGNIZERS)} recognizers: {size / 1e6 / whole:.1f} MB/s"
    )
    print(f"us/line: {1e6 * whole / count:.2f}, of which gates {1e6 * gating / count:.2f}", end=", ")
    print(f"recognizers {1e6 * finding / count:.2f} (a first look; overlaps and second looks are the rest)")
    print(f"lines without any gate open: {closed / count:.1%}; with one, but without any entity: {in_vain / count:.1%}")
    print(f"the {COSTLIEST} costliest recognizers        us/line (all)  share  us/call  gate open  of these in vain")
    for row in sorted(rows, key=lambda row: -row.seconds)[:COSTLIEST]:
        calls = len(row.looks)
        print(
            f"{row.recognizer.name:34} {1e6 * row.seconds / count:13.3f} {row.seconds / whole:6.1%}"
            f" {1e6 * row.seconds / calls:8.2f} {calls / count:10.2%} {row.in_vain / calls:17.0%}"
        )


class _Row:
    """Cost of a recognizer on the lines for which its gate opened."""

    def __init__(self, recognizer: Recognizer, looks: Sequence[_Look]) -> None:
        self.recognizer = recognizer
        self.looks = looks
        self.in_vain = sum(not recognizer.find(*look) for look in looks)
        self.seconds = _seconds(lambda: [recognizer.find(*look) for look in looks])


def _seconds(run: Callable[[], object]) -> float:
    """Measure the CPU time of one run, the median of ROUNDS."""
    return statistics.median(_once(run) for _ in range(ROUNDS))


def _once(run: Callable[[], object]) -> float:
    runs = 0
    began = time.process_time()
    while (spent := time.process_time() - began) < MIN_SECONDS or runs == 0:
        run()
        runs += 1
    return spent / runs
