"""`make run`: the engine, then every process of the Procfile."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from local.engine import Engine, EngineFailed
from local.environment import engine_environment
from local.ports import PortUnusable, require_usable
from local.procfile import STOP_SIGNALS, ProcfileRunner
from local.readiness import LOG_FILE, NotReady, wait_until_ready
from local.run_lock import AlreadyRunning, RunLock
from local.terminal import own_foreground
from settings import ROOT, STATE_DIRECTORY, Settings
from settings_sources import ENV_FILE, RUN_ENVIRONMENT_FILE

STATE = STATE_DIRECTORY.relative_to(ROOT)
# The file outlives a killed run: it must not open a web process that somebody starts by hand.
_NOT_PUBLISHED = {"SLUICE_REQUIRE_AUTH", "SLUICE_HOST"}

BANNER = """
Sluice is ready. Ctrl-C stops it; the logs stay in {state}.

    app     http://127.0.0.1:{web}
    docs    http://127.0.0.1:{web}/docs
    Flower  http://127.0.0.1:{flower}
    log     {log}

Try it:

    curl -X POST http://127.0.0.1:{web}/ingest -H "Content-Type: application/json" \\
      -d '{{"tenant_id": "tenant-1", "log_id": "uuid-1234", "text": "Customer 555-123-4567 logged in"}}'
    python3 simulate_logs.py 50
    ./sluice --help

Below, a line of JSON for each task:
"""


class SetupFailed(Exception):
    """The tables or queues could not be created."""


def main() -> int:
    """Run until stopped.

    Returns:
        0 after SIGINT or SIGTERM, 1 when something failed; then a line on stderr says what.
    """
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    try:
        with own_foreground():
            return _run()
    except KeyboardInterrupt:
        print("stopped before all processes were started", flush=True)
        return 0
    except (EngineFailed, PortUnusable, AlreadyRunning, SetupFailed) as error:
        print(f"make run: {error}", file=sys.stderr)
    except OSError as error:
        print(f"make run: {error.filename} can't be used ({error.strerror})", file=sys.stderr)
    return 1


def _run() -> int:
    lock = _lock_state()
    # Not from RUN_ENVIRONMENT_FILE: one is left there if an earlier run was killed.
    own = Settings(_env_file=ENV_FILE)  # type: ignore[call-arg]  # of pydantic-settings
    ports = {"PORT": own.port, "FLOWER_PORT": own.flower_port, "ENGINE_PORT": own.engine_port}
    require_usable(ports)
    engine = Engine(own.engine_port, STATE_DIRECTORY / "engine", ends_with_parent=True, lock=lock)
    environment = _build_environment(engine.url, ports)
    print(f"starting the embedded AWS engine at {engine.url}", flush=True)
    with engine, _published(environment):
        _create_tables_and_queues(environment)
        print("starting web, redact, store and Flower", flush=True)
        runner = ProcfileRunner(environment, LOG_FILE, lock, verbose=own.log_level == "DEBUG")
        threading.Thread(target=_announce, args=(environment, own), daemon=True).start()
        stopped = runner.run()
        # The engine writes its state now; a second Ctrl-C would lose it.
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
    print(f"stopped; the logs are in {STATE}", flush=True)
    if stopped:
        return 0
    print(
        f"make run: a process ended by itself; its last lines are above, and in {STATE}/{LOG_FILE.name}",
        file=sys.stderr,
    )
    return 1


def _lock_state() -> int:
    STATE_DIRECTORY.mkdir(exist_ok=True)
    # Logs, keys and settings are for the owner only.
    STATE_DIRECTORY.chmod(0o700)
    return RunLock(STATE_DIRECTORY / "run.lock").descriptor


def _build_environment(engine_url: str, ports: Mapping[str, int]) -> dict[str, str]:
    environment = engine_environment(engine_url) | {name: str(port) for name, port in ports.items()}
    environment["SLUICE_KEY_FILE"] = str(STATE_DIRECTORY / "original.key")
    if os.geteuid() == 0:
        # Celery warns of root at length. In a container or a virtual machine of one's own that is how it is.
        environment["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser"
    return environment


def _create_tables_and_queues(environment: Mapping[str, str]) -> None:
    print("creating tables and queues", flush=True)
    for group in ("db", "broker"):
        done = subprocess.run(
            [ROOT / "sluice", group, "create"], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise SetupFailed(f"`sluice {group} create` failed: {done.stderr.strip()}")


@contextmanager
def _published(environment: Mapping[str, str]) -> Iterator[None]:
    """Let commands in other terminals use the same engine and settings."""
    variables = [name for name in Settings.get_variables() if name in environment and name not in _NOT_PUBLISHED]
    lines = "".join(f"{name}={_quote(environment[name])}\n" for name in variables)
    RUN_ENVIRONMENT_FILE.unlink(missing_ok=True)
    RUN_ENVIRONMENT_FILE.touch(0o600)
    RUN_ENVIRONMENT_FILE.write_text(lines)
    try:
        yield
    finally:
        RUN_ENVIRONMENT_FILE.unlink(missing_ok=True)


def _quote(value: str) -> str:
    """Return a value as python-dotenv reads it."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _announce(environment: Mapping[str, str], own: Settings) -> None:
    try:
        wait_until_ready(environment, own.port, own.flower_port)
    except NotReady as error:
        print(f"make run: {error}", file=sys.stderr, flush=True)
    else:
        log = LOG_FILE.relative_to(ROOT)
        print(BANNER.format(web=own.port, flower=own.flower_port, state=STATE, log=log), flush=True)


if __name__ == "__main__":
    sys.exit(main())
