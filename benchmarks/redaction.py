"""How fast one core redacts: Sluice's engine beside Presidio, hushlog and scrubadub.

`make bench-redaction`. Each runs in a process of its own, the rivals in .venv-bench. They take turns on the same lines,
each a tenth of a second long, or 500 lines for those that take longer, so that what else the machine does meets all of
them alike; the medians of the rounds are compared. Time is CPU time. `--profile` tells where the engine's goes instead.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from math import ceil
from pathlib import Path

from tqdm import tqdm

from benchmarks.log_lines import log_lines
from benchmarks.redaction_profile import print_profile
from benchmarks.rivals.run import BATCH
from settings import ROOT

AIMS = {"presidio": 500, "hushlog": 15}
"""How many times as fast as these Sluice is to be."""
OURS = ("sluice", "sluice_singly")
"""As a worker uses it, batch by batch, and a line at a time as the others."""
RIVALS = ("presidio", "hushlog", "scrubadub")
HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""As the Procfile starts the redact worker; for the rivals too."""


class Runner:
    """A process that redacts lines each time it is asked; `seconds` is what a line takes, by round."""

    def __init__(self, name: str, lines: Path) -> None:
        self.name = name
        self.seconds: list[float] = []
        self._turns: list[dict[str, float]] = []
        self.with_findings = 0.0
        python = sys.executable if name in OURS else str(ROOT / ".venv-bench" / "bin" / "python")
        command = [python, "-m", "benchmarks.rivals.run", name, str(lines)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=ROOT,
            env={**os.environ, **HUGE_PAGES},
        )

    def __enter__(self) -> "Runner":
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def turn(self) -> None:
        """Redact some lines."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._turns.append(json.loads(self._answer()))

    def end_round(self) -> None:
        """Keep the figures of its turns."""
        lines = sum(turn["lines"] for turn in self._turns)
        self.seconds.append(sum(turn["seconds"] for turn in self._turns) / lines)
        self.with_findings = sum(turn["with_findings"] for turn in self._turns) / lines
        self._turns.clear()

    def _answer(self) -> str:
        assert self._process.stdout
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended with {self._process.wait()}; what it said is above")
        return answer


def compare(file: Path, rounds: int) -> None:
    """Run everyone on the lines of `file` and print a table."""
    lines = file.read_text(errors="replace").split("\n")
    size = sum(len(line.encode(errors="replace")) + 1 for line in lines)
    with ExitStack() as stack:
        runners = [stack.enter_context(Runner(name, file)) for name in tqdm((*OURS, *RIVALS), desc="starting")]
        for _ in tqdm(range(rounds), desc="rounds"):
            for _ in range(ceil(len(lines) / BATCH)):
                for runner in runners:
                    runner.turn()
            for runner in runners:
                runner.end_round()
    print(
        f"{len(lines)} lines, {size / len(lines):.0f} bytes a line, CPU time of one core of {os.cpu_count()}, "
        f"median of {rounds} rounds"
    )
    print("redactor          MB/s   us/line   Sluice is   lines with findings   MB/s by round")
    sluice = statistics.median(runners[0].seconds)
    for runner in runners:
        seconds = statistics.median(runner.seconds)
        by_round = "/".join(f"{size / len(lines) / 1e6 / each:.3g}" for each in runner.seconds)
        print(
            f"{runner.name:13} {size / len(lines) / 1e6 / seconds:8.3f} {1e6 * seconds:9.2f} {seconds / sluice:9.1f} x"
            f" {runner.with_findings:21.1%}   {by_round}"
        )
    for runner in runners:
        if aim := AIMS.get(runner.name):
            times = statistics.median(runner.seconds) / sluice
            print(f"{times:.1f} x {runner.name}'s speed (aim: at least {aim} x): {'met' if times >= aim else 'missed'}")


def main() -> None:
    """Run it and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=Path, help="a file of real ones, instead of made-up ones")
    parser.add_argument("--count", type=int, default=5000, help="of made-up lines (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of each redactor (%(default)s)")
    parser.add_argument(
        "--profile", action="store_true", help="of the engine alone: gates, and the costliest recognizers"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        file = options.lines
        if file is None:
            file = Path(directory) / "lines"
            file.write_text("\n".join(log_lines(options.count)))
        if options.profile:
            print_profile(file.read_text(errors="replace").split("\n"))
        else:
            compare(file.resolve(), options.rounds)


if __name__ == "__main__":
    main()
