"""Compare Sluice's inserts with PynamoDB's `save` and `batch_write`.

`make bench-store` prints logs a second, on the embedded engine, once directly and once behind a network that takes as
long for each call as AWS does within a region. `save` has a condition. `batch_write` overwrites existing items, so it
cannot keep Sluice's promise, but it is the fastest way to write to DynamoDB. The rivals take turns; the medians of the
rounds are compared.
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
    """Run one rival for `seconds`, in a process of its own."""
    command = ["python", "-m", "benchmarks.store_rivals", name, str(seconds), str(threads)]
    done = subprocess.run(command, env=engine_environment(url), cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return Run(**json.loads(done.stdout))


def compare(url: str, options: argparse.Namespace, threads: int) -> dict[str, Run]:
    """Measure all rivals in turn, and return the medians."""
    runs: dict[str, list[Run]] = {name: [] for name in RIVALS}
    for _ in tqdm(range(options.rounds), desc=f"rounds, {threads} threads", leave=False):
        for name, rival_runs in runs.items():
            rival_runs.append(measure(name, url, options.seconds, threads))
    return {
        name: Run(statistics.median(run.rate for run in rival_runs), statistics.median(run.units for run in rival_runs))
        for name, rival_runs in runs.items()
    }


def report(title: str, runs: dict[str, Run]) -> None:
    """Print a table, and the ratio to `save`."""
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
    """Run the benchmark and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4, help="of each run (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of each rival (%(default)s)")
    parser.add_argument("--threads", type=int, nargs="+", default=(1, 8), help="that write at once (%(default)s)")
    parser.add_argument("--delay-ms", type=float, default=10, help="added to each call of the slow runs (%(default)s)")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, which also run the engine; medians of {options.rounds} rounds")
    with _engine_with_tables() as engine, SlowNetwork(engine.url, options.delay_ms / 1000) as network:
        for threads in options.threads:
            writers = f"{threads} thread" if threads == 1 else f"{threads} threads, each a tenant"
            report(f"{writers}, the engine without a delay", compare(engine.url, options, threads))
            report(f"{writers}, {options.delay_ms:g} ms a call", compare(network.url, options, threads))


if __name__ == "__main__":
    main()
