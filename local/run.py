"""`make run`: the engine, then every process of the Procfile, then a line to try; Ctrl-C stops all of it."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from local.engine import Engine, EngineFailed
from local.environment import engine_environment
from local.ports import PortTaken, require_free
from local.procfile import STOP_SIGNALS, ProcfileRunner
from local.readiness import NotReady, wait_until_ready
from local.terminal import own_foreground
from settings import ROOT, STATE_DIRECTORY, settings
from settings_sources import RUN_ENVIRONMENT_FILE

_PUBLISHED = ("SLUICE_AWS_ENDPOINT_URL", "SLUICE_ORIGINAL", "SLUICE_KEY_FILE", "AWS_REGION", "PORT")

BANNER = """
Sluice is ready. Ctrl-C stops it; the logs stay in {state}.

    app     http://127.0.0.1:{web}
    Flower  http://127.0.0.1:{flower}

Try it:

    curl -X POST http://127.0.0.1:{web}/ingest -H "Content-Type: application/json" \\
      -d '{{"tenant_id": "tenant-1", "log_id": "uuid-1234", "text": "Customer 555-123-4567 logged in"}}'
    python3 simulate_logs.py 50
"""


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
        return 0
    except (EngineFailed, PortTaken) as error:
        print(f"make run: {error}", file=sys.stderr)
        return 1


def _run() -> int:
    ports = {"PORT": settings.port, "FLOWER_PORT": settings.flower_port, "ENGINE_PORT": settings.engine_port}
    for variable, port in ports.items():
        require_free(port, variable)
    engine = Engine(settings.engine_port, STATE_DIRECTORY / "engine")
    environment = engine_environment(engine.url) | {name: str(port) for name, port in ports.items()}
    environment["SLUICE_KEY_FILE"] = str(STATE_DIRECTORY / "original.key")
    print(f"starting the embedded AWS engine at {engine.url}", flush=True)
    with engine, _published(environment):
        for command in (["db", "create"], ["broker", "create"]):
            subprocess.run(
                [sys.executable, "-m", "flask", "--app", "webapp", *command], env=environment, cwd=ROOT, check=True
            )
        runner = ProcfileRunner(environment)
        threading.Thread(target=_announce, args=(environment,), daemon=True).start()
        stopped = runner.run()
        # The engine writes its state now; a second Ctrl-C would lose it.
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
    if stopped:
        return 0
    print("make run: a process ended by itself; its last lines are above", file=sys.stderr)
    return 1


@contextmanager
def _published(environment: Mapping[str, str]) -> Iterator[None]:
    """Let commands in other terminals find this engine."""
    RUN_ENVIRONMENT_FILE.write_text("".join(f"{name}={environment[name]}\n" for name in _PUBLISHED))
    try:
        yield
    finally:
        RUN_ENVIRONMENT_FILE.unlink(missing_ok=True)


def _announce(environment: Mapping[str, str]) -> None:
    try:
        wait_until_ready(environment, settings.port, settings.flower_port)
    except NotReady as error:
        print(f"make run: {error}", file=sys.stderr, flush=True)
    else:
        state = STATE_DIRECTORY.relative_to(ROOT)
        print(BANNER.format(web=settings.port, flower=settings.flower_port, state=state), flush=True)


if __name__ == "__main__":
    sys.exit(main())
