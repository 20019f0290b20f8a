"""One rival in a process of its own: `python -m benchmarks.rivals.run NAME FILE`.

For each line of standard input it redacts the lines of FILE, and writes its figures as a line of JSON.
"""

import importlib
import json
import sys
import time
from pathlib import Path

BATCH = 500
"""Lines, about what a message of Sluice's holds. Those who know no batches go through them line by line."""
MIN_SECONDS = 0.5
"""Of CPU for a round: a fast rival goes through the lines more than once."""
WARM_UP_SECONDS = 1.0


def main() -> None:
    """Answer each line of standard input with a round."""
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
    for _ in sys.stdin:
        passes = found = 0
        began = time.process_time()
        while passes == 0 or time.process_time() - began < MIN_SECONDS:
            found += sum(map(redact, batches))
            passes += 1
        seconds = time.process_time() - began
        print(json.dumps({"seconds_a_pass": seconds / passes, "with_findings": found // passes}), flush=True)


if __name__ == "__main__":
    main()
