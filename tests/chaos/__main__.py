"""`make chaos`: the real system under load, while it is killed, cut off and poisoned; then an account of every log.

web, redact and store, as the Procfile has them, run behind a proxy that makes AWS fail. Clients send batches until
they get a 202. All the while a share of the statements and calls that store fail. One thing happens after the other, in
the middle of a burst of load: SIGKILLs, stops of the engine, faults of the network and of AWS. Messages that no worker
can do anything with are put into the queue, some of which crash it, and some log ids are taken by another text. Then
all of it ends, and every accepted log must be stored or in the failure queue, once, and every poison message be there
with a reason. Then the ids are freed, and `flask failures redrive --all` must leave the poison alone there.

Exits with 1 when any of this is not so. A log that failed in both of two deliveries is in the failure queue in two
copies of one dead letter, of which the commands show one.
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
from tests.chaos.load import MARKER, TENANTS, Shipment, Shippers, conflicts, shipments
from tests.chaos.mayhem import Mayhem
from tests.chaos.poison import poison
from tests.chaos.report import Report
from tests.chaos.system import System, running
from topology import FAILURES_QUEUE, MAX_RECEIVES, REDACT_QUEUE

Thing = TypeVar("Thing")

LONGEST_LEAD_SECONDS = 3.0
"""From a burst of load to what happens in it, even if little of it is accepted by then."""


def main() -> int:
    """Run it and print the table.

    Returns:
        0 when every log and every poison message is where it belongs, else 1.
    """
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        directory = options.keep or Path(name)
        directory.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with running(directory, options.max_receives) as system:
            report = _run(system, options)
        print(report.table())
        print(f"{'passed' if report.passes else 'FAILED'} in {time.monotonic() - began:.0f} s, seed {options.seed}")
    return 0 if report.passes else 1


def _options() -> argparse.Namespace:
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
    load = list(shipments(options.logs, chance))
    taken = conflicts(load, chance)
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
    _say("waiting until all is done")
    system.wait_until_quiet()
    mayhem.end()
    before = _account(system, shippers)
    copies = system.aws.waiting(FAILURES_QUEUE) - before.failures.messages
    _say("redriving; what crashes its worker does so as often as before")
    system.aws.free_ids(taken)
    system.flask("failures", "redrive", "--all")
    system.wait_until_quiet()
    return Report(
        sent=options.logs,
        answers=shippers.answers,
        wrong=shippers.wrong,
        poison=options.poison,
        mayhem=mayhem,
        deliveries=system.deliveries(),
        shown=system.shown_texts(MARKER),
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
    """Spread the load over all that is planned, and the poison, which takes its time, over the first half."""
    steps = mayhem.plan(options.kills, options.outages, chance)
    poisons = _shares(list(poison(options.poison, chance)), max(1, len(steps) // 2))
    with tqdm(total=len(load), unit="batch", disable=None) as bar:
        for place, (step, batches) in enumerate(zip(steps, _shares(load, len(steps)), strict=True)):
            for body in poisons[place] if place < len(poisons) else ():
                system.aws.send(REDACT_QUEUE, body)
            for batch in batches:
                shippers.ship(batch)
            _wait_for_the_middle(shippers, round(chance.random() * sum(len(batch.texts) for batch in batches)))
            step()
            bar.update(len(batches))


def _wait_for_the_middle(shippers: Shippers, logs: int) -> None:
    """Until so many more logs are accepted: the workers are at them then."""
    enough = len(shippers.accepted) + logs
    deadline = time.monotonic() + LONGEST_LEAD_SECONDS
    while len(shippers.accepted) < enough and time.monotonic() < deadline:
        time.sleep(0.01)


def _shares(things: Sequence[Thing], count: int) -> list[Sequence[Thing]]:
    return [things[len(things) * part // count : len(things) * (part + 1) // count] for part in range(count)]


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _account(system: System, shippers: Shippers) -> Account:
    return Account.of(shippers.accepted, system.aws.stored(TENANTS), system.failures())


if __name__ == "__main__":
    sys.exit(main())
