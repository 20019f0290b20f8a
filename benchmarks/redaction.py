"""How fast one core redacts: Sluice's engine beside Presidio, hushlog and scrubadub.

`make bench-redaction`. Each runs in a process of its own, the rivals in .venv-bench, on lines that it has not seen,
after ten seconds of others. They take turns of a tenth of a second, or of 500 lines for those that take longer, so that
what else the machine does meets all of them alike; the medians of the rounds are compared. Time is CPU time.
`--profile` tells where the engine's goes instead, `--hostile` how long the worst texts take.
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
"""How many times as fast as these Sluice is to be."""
OURS = ("sluice", "sluice_singly")
"""As a worker uses it, batch by batch, and a line at a time as the others."""
RIVALS = ("presidio", "hushlog", "scrubadub")
TURNS = 10
"""In a round."""
PROFILED_LINES = 5000
HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""As the Procfile starts the redact worker; for the rivals too."""


class Runner:
    """A process that redacts lines each time it is asked; `seconds` is what a line takes, by round.

    Args:
        name: of the rival.
        file: of the lines; made-up ones without one.
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
        """Redact some lines. False when there are none left."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        turn = json.loads(self._answer())
        if turn["lines"]:
            self._turns.append(turn)
        return bool(turn["lines"])

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


def compare(file: Path | None, rounds: int) -> None:
    """Run everyone and print a table.

    Args:
        file: of real lines, the second half of which is redacted once, as far as each comes in as many turns as the
            first one needs.
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
    """Run it and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=lambda name: Path(name).resolve(), help="a file of real ones, shuffled")
    parser.add_argument("--rounds", type=int, default=5, help="of each redactor, on made-up lines (%(default)s)")
    parser.add_argument(
        "--profile", action="store_true", help="of the engine alone: gates, and the costliest recognizers"
    )
    parser.add_argument("--hostile", action="store_true", help="of the engine alone: texts made to be slow, and noise")
    options = parser.parse_args()
    if options.hostile:
        print_hostile()
    elif options.profile:
        print_profile(_lines(options.lines))
    else:
        compare(options.lines, options.rounds)


if __name__ == "__main__":
    main()
