"""Logs a second into the table: Sluice's inserts, PynamoDB's `save` with a condition, and its `batch_write`.

`make bench-store`. On the embedded engine, once as it is and once behind a network that takes as long for each call as
AWS does within a region. `batch_write` overwrites what is there, so it is no rival for what Sluice promises, but it is
what DynamoDB does fastest. The rivals take turns; the medians of the rounds are compared.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from benchmarks.slow_network import SlowNetwork
from benchmarks.store_rivals import RIVALS
from local.engine import Engine
from local.environment import engine_environment
from local.ports import free_port
from settings import ROOT

RATIO_AIM = 5.0
SLUICE, SAVE = "insert", "save"
NAMES = {
    "insert": "Sluice, which never overwrites",
    "save": "save() with a condition, one by one",
    "batch_write": "batch_write, which overwrites",
}


@dataclass(frozen=True)
class Run:
    """Logs a second, and write units a log."""

    rate: float
    units: float


def measure(name: str, url: str, seconds: float, threads: int) -> Run:
    """One rival for a while, in a process of its own."""
    command = ["python", "-m", "benchmarks.store_rivals", name, str(seconds), str(threads)]
    done = subprocess.run(command, env=engine_environment(url), cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return Run(**json.loads(done.stdout))


def compare(url: str, options: argparse.Namespace, threads: int) -> dict[str, Run]:
    """The median run of each."""
    runs: dict[str, list[Run]] = {name: [] for name in RIVALS}
    for _ in tqdm(range(options.rounds), desc=f"rounds, {threads} threads", leave=False):
        for name, its in runs.items():
            its.append(measure(name, url, options.seconds, threads))
    return {
        name: Run(statistics.median(run.rate for run in its), statistics.median(run.units for run in its))
        for name, its in runs.items()
    }


def report(title: str, runs: dict[str, Run]) -> None:
    """A table, and the ratio that counts."""
    print(f"\n{title}")
    print(f"{'':36} {'logs/s':>8} {'units/log':>10} {'Sluice is':>10}")
    for name, run in runs.items():
        print(f"{NAMES[name]:36} {run.rate:8.0f} {run.units:10.2f} {runs[SLUICE].rate / run.rate:8.2f} x")
    print(f"{runs[SLUICE].rate / runs[SAVE].rate:.1f} x save() with a condition (aim: at least {RATIO_AIM:g} x)")


@contextlib.contextmanager
def _engine_with_tables() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as directory, Engine(free_port(), Path(directory)) as engine:
        create = ["flask", "--app", "webapp", "db", "create"]
        subprocess.run(create, env=engine_environment(engine.url), cwd=ROOT, check=True, capture_output=True)
        yield engine


def main() -> None:
    """Run it and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4, help="of each run (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of each rival (%(default)s)")
    parser.add_argument("--threads", type=int, nargs="+", default=(1, 8), help="that write at once (%(default)s)")
    parser.add_argument("--delay-ms", type=float, default=10, help="added to each call of the slow runs (%(default)s)")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, which also run the engine; medians of {options.rounds} rounds")
    with _engine_with_tables() as engine, SlowNetwork(engine.url, options.delay_ms / 1000) as network:
        for threads in options.threads:
            who = f"{threads} thread" if threads == 1 else f"{threads} threads, each a tenant"
            report(f"{who}, the engine as it is", compare(engine.url, options, threads))
            report(f"{who}, {options.delay_ms:g} ms a call", compare(network.url, options, threads))


if __name__ == "__main__":
    main()
