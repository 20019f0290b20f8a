"""Runner of one redactor: `python -m benchmarks.rivals.run NAME [FILE]`.

For each line of standard input the redactor has a turn: it redacts further lines for a while, and the runner writes the
figures as a line of JSON. No log line comes twice, as in a worker, so an engine's cache of earlier lines helps little.
"""

import importlib
import json
import sys
import time
from collections import deque
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from benchmarks.log_lines import log_lines
from benchmarks.rivals import Rival

BATCH = 500
"""Lines, about as many as a message of Sluice holds. Redactors without batches take them one by one."""
TURN_SECONDS = 0.1
"""CPU time; a turn has at least one batch, and at most TURN_BATCHES."""
TURN_BATCHES = 50
FILE_TURNS = 10
"""Turns in which a fast redactor redacts the whole second half of a file."""
WARM_UP_SECONDS = 10.0


def main() -> None:
    """Answer each line of standard input with a turn."""
    name, *file = sys.argv[1:]
    rival: Rival = importlib.import_module(f"benchmarks.rivals.{name}").load()
    first, following, turn_batches = _read_file(Path(*file)) if file else (_made_up(), _made_up(10**6), TURN_BATCHES)
    warm = 0.0
    while warm < WARM_UP_SECONDS and (batch := next(first, None)):
        began = time.process_time()
        rival.redact(batch)
        warm += time.process_time() - began
    print("ready", flush=True)
    waiting: deque[list[str]] = deque()
    for _ in sys.stdin:
        # Batches are made before the clock starts.
        waiting.extend(islice(following, turn_batches - len(waiting)))
        done = found = 0
        seconds = 0.0
        while waiting and seconds < TURN_SECONDS:
            batch = waiting.popleft()
            began = time.process_time()
            redacted = rival.redact(batch)
            seconds += time.process_time() - began
            found += sum(map(rival.found, batch, redacted))
            done += len(batch)
        print(json.dumps({"lines": done, "seconds": seconds, "with_findings": found}), flush=True)


def _made_up(seed: int = 1) -> Iterator[list[str]]:
    return (log_lines(BATCH, each) for each in count(seed))


def _read_file(file: Path) -> tuple[Iterator[list[str]], Iterator[list[str]], int]:
    """Read a file's lines in batches.

    Returns:
        The first half, to warm up; the second half; and the number of its batches for one turn.
    """
    lines = file.read_text(errors="replace").split("\n")
    batches = [lines[start : start + BATCH] for start in range(0, len(lines), BATCH)]
    half = len(batches) // 2
    return iter(batches[:half]), iter(batches[half:]), max(1, (len(batches) - half) // FILE_TURNS)


if __name__ == "__main__":
    main()
