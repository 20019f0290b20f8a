"""One rival in a process of its own: `python -m benchmarks.rivals.run NAME FILE`.

For each line of standard input it has a turn: it goes on through the lines of FILE, over and over, for a while, and
writes its figures as a line of JSON.
"""

import importlib
import json
import sys
import time
from itertools import cycle
from pathlib import Path

BATCH = 500
"""Lines, about what a message of Sluice's holds. Those who know no batches go through them line by line."""
TURN_SECONDS = 0.1
"""Of CPU, and a batch at least."""
WARM_UP_SECONDS = 1.0


def main() -> None:
    """Answer each line of standard input with a turn."""
    name, file = sys.argv[1:]
    redact = importlib.import_module(f"benchmarks.rivals.{name}").load()
    lines = Path(file).read_text(errors="replace").split("\n")
    batches = [lines[start : start + BATCH] for start in range(0, len(lines), BATCH)]
    began = time.process_time()
    for batch in batches:
        redact(batch)
        if time.process_time() - began > WARM_UP_SECONDS:
            break
    print("ready", flush=True)
    following = cycle(batches)
    for _ in sys.stdin:
        done = found = 0
        began = time.process_time()
        while done == 0 or time.process_time() - began < TURN_SECONDS:
            batch = next(following)
            found += redact(batch)
            done += len(batch)
        seconds = time.process_time() - began
        print(json.dumps({"lines": done, "seconds": seconds, "with_findings": found}), flush=True)


if __name__ == "__main__":
    main()
