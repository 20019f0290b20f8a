"""`make chaos`: the system under load while everything around it fails.

web, redact and store, as the Procfile has them, run behind a proxy that makes AWS fail. Clients send batches until
they get a 202. All the while a share of the statements and calls that store fail. One thing happens after the other, in
the middle of a burst of load: SIGKILLs, stops of the engine, faults of the network and of AWS. Messages that no worker
can do anything with are put into the queue, some of which crash it, and some log ids are taken by another text. Then
all of it ends, and every accepted log must be stored or in the failure queue, once, and every poison message be there
with a reason. Then the ids are freed, and after `failures redrive --all` only the poison must be there again.

Exits with 1 if a log or a poison message is not where it belongs. A log that failed in both of two deliveries is in the
failure queue in two copies of one dead letter, of which the commands show one.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from tests.chaos.account import Account
from tests.chaos.load import MARKER, TENANTS, Shipment, Shippers, choose_conflicts, make_shipments
from tests.chaos.mayhem import Mayhem
from tests.chaos.poison import make_poison
from tests.chaos.report import Report
from tests.chaos.system import System, start_system
from topology import FAILURES_QUEUE, MAX_RECEIVES, REDACT_QUEUE

Item = TypeVar("Item")

LONGEST_LEAD_SECONDS = 3.0
"""Longest time from a burst of load to what happens in it, even if little of it is accepted by then."""


def main() -> int:
    """Run the chaos test and print its table.

    Returns:
        0 when every log and every poison message is where it belongs, else 1.
    """
    options = _parse_options()
    with tempfile.TemporaryDirectory() as name:
        directory = options.keep or Path(name)
        directory.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with start_system(directory, options.max_receives) as system:
            report = _run(system, options)
        print(report.format_table())
        print(f"{'passed' if report.passes else 'FAILED'} in {time.monotonic() - began:.0f} s, seed {options.seed}")
    return 0 if report.passes else 1


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--logs", type=int, default=20_000, help="%(default)s")
    parser.add_argument("--kills", type=int, default=10, help="of workers; a third as many of web beside (%(default)s)")
    parser.add_argument("--outages", type=int, default=3, help="stops of the engine (%(default)s)")
    parser.add_argument("--poison", type=int, default=50, help="messages (%(default)s)")
    parser.add_argument(
        "--store-errors", type=float, default=0.01, help="share of what fails to be stored (%(default)s)"
    )
    parser.add_argument("--seconds", type=float, default=8, help="that an outage or fault lasts (%(default)s)")
    parser.add_argument("--max-receives", type=int, default=MAX_RECEIVES, help="before SQS gives up (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of all that is left to chance (%(default)s)")
    parser.add_argument("--keep", type=Path, help="a directory for the processes' logs and the exported failures")
    return parser.parse_args()


def _run(system: System, options: argparse.Namespace) -> Report:
    chance = random.Random(options.seed)
    load = list(make_shipments(options.logs, chance))
    taken = choose_conflicts(load, chance)
    system.aws.take_ids(taken)
    mayhem = Mayhem(
        system.engine,
        system.proxy,
        system.processes,
        store_errors=options.store_errors,
        seed=options.seed,
        seconds=options.seconds,
    )
    with Shippers(f"http://127.0.0.1:{system.processes.web_port}/ingest", chance) as shippers:
        _rage(system, mayhem, shippers, load, options, chance)
    _announce("waiting until all queues but failures are empty")
    system.wait_until_quiet()
    mayhem.end()
    before = _account(system, shippers)
    copies = system.aws.count_messages(FAILURES_QUEUE) - before.failures.messages
    _announce("redriving the dead letters; those that crash a worker do so as often as before")
    system.aws.free_ids(taken)
    system.flask("failures", "redrive", "--all")
    system.wait_until_quiet()
    return Report(
        sent=options.logs,
        answers=shippers.answers,
        wrong=shippers.wrong,
        poison=options.poison,
        mayhem=mayhem,
        deliveries=system.count_deliveries(),
        shown=system.count_shown_texts(MARKER),
        copies=copies,
        before=before,
        after=_account(system, shippers),
    )


def _rage(
    system: System,
    mayhem: Mayhem,
    shippers: Shippers,
    load: Sequence[Shipment],
    options: argparse.Namespace,
    chance: random.Random,
) -> None:
    """Spread the load over all steps, the poison over the first half.

    It is in the first half, because it takes a while to reach the failure queue.
    """
    steps = mayhem.plan(options.kills, options.outages, chance)
    poisons = _split(list(make_poison(options.poison, chance)), max(1, len(steps) // 2))
    with tqdm(total=len(load), unit="batch", disable=None) as bar:
        for index, (step, batches) in enumerate(zip(steps, _split(load, len(steps)), strict=True)):
            for body in poisons[index] if index < len(poisons) else ():
                system.aws.send(REDACT_QUEUE, body)
            for batch in batches:
                shippers.ship(batch)
            _wait_for_progress(shippers, round(chance.random() * sum(len(batch.texts) for batch in batches)))
            step()
            bar.update(len(batches))


def _wait_for_progress(shippers: Shippers, logs: int) -> None:
    """Wait until so many more logs are accepted.

    Then the workers are processing them.
    """
    enough = len(shippers.accepted) + logs
    deadline = time.monotonic() + LONGEST_LEAD_SECONDS
    while len(shippers.accepted) < enough and time.monotonic() < deadline:
        time.sleep(0.01)


def _split(items: Sequence[Item], count: int) -> list[Sequence[Item]]:
    return [items[len(items) * part // count : len(items) * (part + 1) // count] for part in range(count)]


def _announce(step: str) -> None:
    print(step, file=sys.stderr, flush=True)


def _account(system: System, shippers: Shippers) -> Account:
    return Account.draw_up(shippers.accepted, system.aws.list_stored(TENANTS), system.export_failures())


if __name__ == "__main__":
    sys.exit(main())
