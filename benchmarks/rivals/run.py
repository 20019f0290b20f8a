"""One rival in a process of its own: `python -m benchmarks.rivals.run NAME [FILE]`.

For each line of standard input it has a turn: it goes on through its lines for a while, and writes its figures as
a line of JSON. No line comes twice, as in a worker: what an engine has kept of one is of little use for the next.
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
"""Lines, about what a message of Sluice's holds. Those who know no batches go through them line by line."""
TURN_SECONDS = 0.1
"""Of CPU; a batch at least, and TURN_BATCHES at most."""
TURN_BATCHES = 50
FILE_TURNS = 10
"""In which all of the second half of a file is redacted, by those who are fast enough."""
WARM_UP_SECONDS = 10.0


def main() -> None:
    """Answer each line of standard input with a turn."""
    name, *file = sys.argv[1:]
    rival: Rival = importlib.import_module(f"benchmarks.rivals.{name}").load()
    first, following, turn_batches = _of_file(Path(*file)) if file else (_made_up(), _made_up(10**6), TURN_BATCHES)
    warm = 0.0
    while warm < WARM_UP_SECONDS and (batch := next(first, None)):
        began = time.process_time()
        rival.redact(batch)
        warm += time.process_time() - began
    print("ready", flush=True)
    waiting: deque[list[str]] = deque()
    for _ in sys.stdin:
        # Made before the clock starts.
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


def _of_file(file: Path) -> tuple[Iterator[list[str]], Iterator[list[str]], int]:
    """The first half, to warm up, the other one, and how much of it is for one turn."""
    lines = file.read_text(errors="replace").split("\n")
    batches = [lines[start : start + BATCH] for start in range(0, len(lines), BATCH)]
    half = len(batches) // 2
    return iter(batches[:half]), iter(batches[half:]), max(1, (len(batches) - half) // FILE_TURNS)


if __name__ == "__main__":
    main()
