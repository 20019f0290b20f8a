"""Compare Sluice's engine with Presidio, hushlog and scrubadub on one core.

`make bench-redaction` runs each in a process of its own, the rivals in .venv-bench, on lines that it has not seen,
after ten seconds of other lines. They take turns of a tenth of a second, or of 500 lines for those that take longer, so
that other load on the machine affects all alike; the medians of the rounds are compared. Time is CPU time.
`--profile` prints how the engine spends its time instead, `--hostile` how long the worst texts take.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tqdm import tqdm

from benchmarks.log_lines import log_lines
from benchmarks.redaction_hostile import print_hostile
from benchmarks.redaction_profile import print_profile
from settings import ROOT

AIMS = {"presidio": 500, "hushlog": 15}
"""Minimum speed of Sluice, as a multiple of a rival's."""
OURS = ("sluice", "sluice_singly")
"""Sluice's engine batch by batch, as a worker uses it, and a line at a time, as the others work."""
RIVALS = ("presidio", "hushlog", "scrubadub")
TURNS = 10
"""In one round."""
PROFILED_LINES = 5000
HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Environment that the Procfile gives the redact worker; the rivals get it too."""


class Runner:
    """Process of one redactor.

    Attributes:
        name: of the redactor.
        seconds: per line, by round.
        with_findings: share of the last round's lines in which the redactor found something.

    Args:
        name: of the redactor.
        file: of real lines; None for made-up lines.
    """

    def __init__(self, name: str, file: Path | None) -> None:
        self.name = name
        self.seconds: list[float] = []
        self._turns: list[dict[str, float]] = []
        self.with_findings = 0.0
        python = sys.executable if name in OURS else str(ROOT / ".venv-bench" / "bin" / "python")
        command = [python, "-m", "benchmarks.rivals.run", name, *([str(file)] if file else [])]
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

    def turn(self) -> bool:
        """Redact lines for one turn; return False when none are left."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        turn = json.loads(self._answer())
        if turn["lines"]:
            self._turns.append(turn)
        return bool(turn["lines"])

    def end_round(self) -> None:
        """Add up the turns of a round."""
        lines = sum(turn["lines"] for turn in self._turns)
        self.seconds.append(sum(turn["seconds"] for turn in self._turns) / lines)
        self.with_findings = sum(turn["with_findings"] for turn in self._turns) / lines
        self._turns.clear()

    def _answer(self) -> str:
        assert self._process.stdout
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended with code {self._process.wait()}; its output is above")
        return answer


def compare(file: Path | None, rounds: int) -> None:
    """Run all redactors and print a table.

    Args:
        file: of real lines. Sluice redacts the second half once; each rival gets as many turns as Sluice needs.
        rounds: on made-up lines.
    """
    sample = _lines(file)
    size = sum(len(line.encode(errors="replace")) + 1 for line in sample) / len(sample)
    with ExitStack() as stack:
        runners = [stack.enter_context(Runner(name, file)) for name in tqdm((*OURS, *RIVALS), desc="starting")]
        for _ in tqdm(range(1 if file else rounds), desc="rounds"):
            turns = 0
            while (file or turns < TURNS) and runners[0].turn():
                turns += 1
                for runner in runners[1:]:
                    runner.turn()
            for runner in runners:
                runner.end_round()
    print(f"{size:.0f} bytes a line, CPU time of one core of {os.cpu_count()}, median of the rounds")
    print("redactor          MB/s   us/line   Sluice is   lines with findings   MB/s by round")
    sluice = statistics.median(runners[0].seconds)
    for runner in runners:
        seconds = statistics.median(runner.seconds)
        by_round = "/".join(f"{size / 1e6 / each:.3g}" for each in runner.seconds)
        print(
            f"{runner.name:13} {size / 1e6 / seconds:8.3f} {1e6 * seconds:9.2f} {seconds / sluice:9.1f} x"
            f" {runner.with_findings:21.1%}   {by_round}"
        )
    for runner in runners:
        if aim := AIMS.get(runner.name):
            times = statistics.median(runner.seconds) / sluice
            print(f"{times:.1f} x {runner.name}'s speed (aim: at least {aim} x): {'met' if times >= aim else 'missed'}")


def _lines(file: Path | None) -> list[str]:
    return file.read_text(errors="replace").split("\n") if file else log_lines(PROFILED_LINES)


def main() -> None:
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=lambda name: Path(name).resolve(), help="a file of real lines, shuffled")
    parser.add_argument("--rounds", type=int, default=5, help="of each redactor, on made-up lines (%(default)s)")
    parser.add_argument(
        "--profile", action="store_true", help="profile the engine alone: gates, and the costliest recognizers"
    )
    parser.add_argument("--hostile", action="store_true", help="time the engine alone on hostile texts and noise")
    options = parser.parse_args()
    if options.hostile:
        print_hostile()
    elif options.profile:
        print_profile(_lines(options.lines))
    else:
        compare(options.lines, options.rounds)


if __name__ == "__main__":
    main()
