"""Time remote control of four workers, beside stock kombu on SQS.

`make bench-control` measures from `inspect` to the last worker's answer. The workers are started with the Procfile's
commands, two of each, on the embedded engine behind a network that takes as long for each call as AWS does within a
region. The caller has no event loop, like Flower and the `celery` command.
"""

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from honcho.environ import parse_procfile
from tqdm import tqdm

from benchmarks.engine_client import engine_client
from benchmarks.noop import PREFIX, QUEUE
from benchmarks.slow_network import SlowNetwork
from local.engine import Engine
from local.environment import engine_environment
from local.ports import free_port
from settings import ROOT

SLUICE, STOCK = "tasks", "benchmarks.noop_stock"
COMMAND = "`celery inspect ping`"
NODES = {"redact": ("redact1", "redact2"), "store": ("store1", "store2")}
STOCK_NODES = ("stock1",)
READY_SECONDS = 60
LOOK_SECONDS = 0.1
ANSWER_SECONDS = 10
AIM_SECONDS = 2.0

Environment = Mapping[str, str]


def ask(nodes: list[str], rounds: int) -> dict[str, list[float | None]]:
    """Call all of `nodes` `rounds` times with each method.

    This runs in a process of its own, which has the workers' environment.

    Returns:
        The seconds of each round by what was called; None for a round that ended without all answers.
    """
    app = import_module(SLUICE).app

    def seconds(method: str, **options: Any) -> float | None:
        began = time.monotonic()
        answers = getattr(app.control.inspect(destination=nodes, timeout=ANSWER_SECONDS, **options), method)() or {}
        return time.monotonic() - began if answers.keys() == set(nodes) else None

    def over_a_fresh_connection(method: str) -> float | None:
        began = time.monotonic()
        with app.connection_for_write() as connection:
            answered = seconds(method, connection=connection)
            return time.monotonic() - began if answered is not None else None

    times: dict[str, list[float | None]] = {}
    with app.connection_for_write() as connection:
        seconds("ping", connection=connection)  # makes the caller's queue
        for method in ("ping", "stats"):
            times[f"{method}, connection open"] = [seconds(method, connection=connection) for _ in range(rounds)]
    for method in ("ping", "stats"):
        times[f"{method}, fresh connection"] = [over_a_fresh_connection(method) for _ in range(rounds)]
    return times


def _call(nodes: list[str], rounds: int, environment: Environment) -> dict[str, list[float | None]]:
    command = [sys.executable, "-m", "benchmarks.control", "--ask", "--rounds", str(rounds), *nodes]
    output = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    times: dict[str, list[float | None]] = json.loads(output)
    return times


def _command_seconds(module: str, nodes: list[str], environment: Environment) -> float | None:
    """Time one `celery inspect ping`, including the start of the process."""
    command = ["celery", "-A", module, "inspect", "ping", "-d", ",".join(nodes), "-t", str(ANSWER_SECONDS), "--json"]
    began = time.monotonic()
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False, stdout=subprocess.PIPE)
    took = time.monotonic() - began
    return took if done.returncode == 0 and json.loads(done.stdout).keys() == set(nodes) else None


@contextlib.contextmanager
def _workers(commands: Mapping[str, str], environment: Environment, directory: Path) -> Iterator[None]:
    """Run workers, by node name, and enter once all are ready.

    Raises:
        TimeoutError: a worker was not ready within READY_SECONDS; its log is in the message.
    """
    running = []
    try:
        for node, command in commands.items():
            with (directory / node).open("wb") as log:
                running.append(
                    subprocess.Popen(command, shell=True, env=environment, cwd=ROOT, stdout=log, stderr=log)  # noqa: S602 - the Procfile's
                )
        deadline = time.monotonic() + READY_SECONDS
        for node in commands:
            while " ready." not in (output := (directory / node).read_text(errors="replace")):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{node} is not ready:\n{output[-2000:]}")
                time.sleep(LOOK_SECONDS)
        yield
    finally:
        for worker in running:
            worker.terminate()
        for worker in running:
            worker.wait()


def _sluice_commands() -> dict[str, str]:
    """Return the Procfile's commands under other node names."""
    procfile: Mapping[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
    commands = {}
    for name, nodes in NODES.items():
        for node in nodes:
            commands[node] = procfile[name].replace(f"-n {name}@%h", f"-n {node}@%h")
            if commands[node] == procfile[name]:
                raise ValueError(f"the Procfile's {name} has no -n {name}@%h")
    return commands


def _stock_commands() -> dict[str, str]:
    options = "--pool threads --concurrency 2 --loglevel INFO --without-gossip --without-mingle"
    return {node: f"exec celery -A {STOCK} worker -Q {QUEUE} -n {node}@%h {options}" for node in STOCK_NODES}


def _full_names(nodes: Mapping[str, str]) -> list[str]:
    return [f"{node}@{socket.gethostname()}" for node in nodes]


def _print_row(rival: str, call: str, times: list[float | None]) -> float:
    """Print the figures of one kind of call.

    Returns:
        The median; infinity unless every round had all answers.
    """
    answered = [seconds for seconds in times if seconds is not None]
    figures = [min(answered), statistics.median(answered), max(answered)] if answered else []
    shown = "".join(f"{seconds:9.3f}" for seconds in figures) or "  no answer".ljust(27)
    print(f"{rival:12} {call:26}{shown}   {len(answered)} of {len(times)} rounds had all answers")
    return figures[1] if len(answered) == len(times) else float("inf")


def _measure(options: argparse.Namespace, engine_url: str, network_url: str, directory: Path) -> None:
    environment = engine_environment(network_url) | {"SLUICE_QUEUE_PREFIX": PREFIX}
    direct = engine_environment(engine_url) | {"SLUICE_QUEUE_PREFIX": PREFIX}
    subprocess.run(["flask", "--app", "webapp", "broker", "create"], env=direct, cwd=ROOT, check=True)
    rows: list[tuple[str, str, list[float | None]]] = []
    commands = _sluice_commands()
    with _workers(commands, environment, directory):
        nodes = _full_names(commands)
        # A worker subscribes to remote control a moment after it is ready.
        _wait_until(lambda: _command_seconds(SLUICE, nodes, environment) is not None)
        rows += [("Sluice", *row) for row in _call(nodes, options.rounds, environment).items()]
        times = [_command_seconds(SLUICE, nodes, environment) for _ in tqdm(range(options.commands), desc="commands")]
        rows.append(("Sluice", COMMAND, times))
    sqs = engine_client("sqs", engine_url)
    sqs.create_queue(QueueName=PREFIX + QUEUE)
    with _workers(_stock_commands(), environment, directory):
        nodes = _full_names(_stock_commands())
        rows.append(("stock kombu", COMMAND, [_command_seconds(STOCK, nodes, environment)]))
    print(
        f"{len(commands)} workers, {options.delay_ms:g} ms a call, {os.cpu_count()} cores; stock kombu has one worker"
    )
    print(f"{'':12} {'':26}{'min':>9}{'median':>9}{'max':>9}   seconds until all answers are in")
    medians = [_print_row(*row) for row in rows if row[0] == "Sluice"]
    for row in rows[len(medians) :]:
        _print_row(*row)
    print(f"slowest median: {max(medians):.3f} s (aim: at most {AIM_SECONDS:g} s)")


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the workers do not answer")


def main() -> None:
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30, help="of each kind of call (%(default)s)")
    parser.add_argument("--commands", type=int, default=5, help="runs of the `celery` command (%(default)s)")
    parser.add_argument("--delay-ms", type=float, default=10, help="added to each call (%(default)s)")
    parser.add_argument("--ask", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("nodes", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        print(json.dumps(ask(options.nodes, options.rounds)))
        return
    with tempfile.TemporaryDirectory() as directory:
        (logs := Path(directory) / "logs").mkdir()
        with (
            Engine(free_port(), Path(directory) / "engine") as engine,
            SlowNetwork(engine.url, options.delay_ms / 1000) as network,
        ):
            _measure(options, engine.url, network.url, logs)


if __name__ == "__main__":
    main()
