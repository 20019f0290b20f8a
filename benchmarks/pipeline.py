"""Compare the whole pipeline, HTTP to table, with a plain design.

`make bench-pipeline` prints logs a second, AWS calls and dollars. Sluice (the Procfile's processes) takes batches of
NDJSON from a few clients, then single logs from many. The plain design (benchmarks/plain: a request, a chain and a put
for each log, on stock kombu) takes single logs only. Both run behind a network that takes as long for each call as AWS
does within a region, with SQS and SNS on fauxqs and DynamoDB on the embedded engine. They take turns; the medians of
the rounds are compared. Everything shares the machine, so compare the rates only with one another.
"""

import argparse
import os
import tempfile
from pathlib import Path

from tqdm import tqdm

from benchmarks.fauxqs import Fauxqs
from benchmarks.pipeline_report import Run, median_run, print_table
from benchmarks.pipeline_runs import PLAIN, SLUICE, Load, System
from benchmarks.slow_network import SlowNetwork
from local.engine import Engine
from local.ports import free_port

BATCH_LOGS = 1_000


def main() -> None:
    """Run the benchmark and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="of each (%(default)s)")
    parser.add_argument("--batches", type=int, default=40, help=f"of {BATCH_LOGS} logs (%(default)s)")
    parser.add_argument("--singles", type=int, default=3000, help="logs that Sluice gets one by one (%(default)s)")
    parser.add_argument("--plain", type=int, default=1000, help="logs that the plain design gets (%(default)s)")
    parser.add_argument("--delay-ms", type=float, default=10, help="added to each call (%(default)s)")
    options = parser.parse_args()
    loads = {
        "Sluice, 1,000 logs a request": (SLUICE, Load(options.batches, BATCH_LOGS, clients=4)),
        "Sluice, one log a request": (SLUICE, Load(options.singles, 1, clients=64)),
        "plain design, one log a request": (PLAIN, Load(options.plain, 1, clients=64)),
    }
    runs: dict[str, list[Run]] = {name: [] for name in loads}
    with (
        tempfile.TemporaryDirectory() as name,
        Engine(free_port(), Path(name) / "engine") as engine,
        Fauxqs() as fauxqs,
        SlowNetwork(engine.url, options.delay_ms / 1000, {"sqs": fauxqs.url, "sns": fauxqs.url}) as network,
    ):
        for _ in tqdm(range(options.rounds), desc="rounds"):
            for side in (SLUICE, PLAIN):
                with System(side, engine, network, Path(name)) as system:
                    for title, (load_side, load) in loads.items():
                        if load_side is side:
                            runs[title].append(system.run(load))
    print(
        f"{options.delay_ms:g} ms a call, medians of {options.rounds} rounds, {os.cpu_count()} cores, "
        "SQS and SNS on fauxqs, DynamoDB on ministack"
    )
    print_table({title: median_run(title_runs) for title, title_runs in runs.items()})


if __name__ == "__main__":
    main()
