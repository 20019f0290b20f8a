"""Fixtures of all tests: the engine, a tenant, and Sluice's processes.

Until a test uses the engine, nothing listens where the settings point, so nothing else can answer by accident.
"""

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from local.environment import engine_environment
from local.ports import free_port

_PORT = free_port()
_key_directory = tempfile.TemporaryDirectory()
_metrics_directory = tempfile.TemporaryDirectory()
_environment = engine_environment(f"http://127.0.0.1:{_PORT}") | {
    "SLUICE_KEY_FILE": str(Path(_key_directory.name) / "original.key"),
    # prometheus_client reads it at its first import, which may be Flower's.
    "PROMETHEUS_MULTIPROC_DIR": _metrics_directory.name,
    "SLUICE_VISIBILITY_TIMEOUT_SECONDS": "5",
    "SLUICE_RETRY_MAX_DELAY_SECONDS": "2",
}
hypothesis_settings.register_profile("dev", max_examples=100, deadline=None)
hypothesis_settings.register_profile("ci", max_examples=1000, deadline=None)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "dev")
for _name in set(os.environ) - set(_environment):
    del os.environ[_name]
os.environ.update(_environment)

from broker.failures import held_messages
from broker.queues import create_queues
from local.engine import Engine
from models import TABLES
from originals import KeyFile
from settings import settings
from tests.support.failure_queue import purge
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes

# The longest tests begin first, so that no process of pytest-xdist is left alone with them at the end.
_FIRST = ("tests/shippers/", "tests/system/pipeline/", "tests/chaos/", "tests/system/", "tests/unit/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group tests that share a deployment, and put long tests first.

    pytest-xdist gives a group to one process (`--dist loadgroup`): a file, or a folder whose tests share a deployment.
    """
    for item in items:
        folder, _, _name = item.nodeid.partition("::")[0].rpartition("/")
        group = folder if folder == "tests/system/pipeline" else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: next((rank for rank, begin in enumerate(_FIRST) if item.nodeid.startswith(begin)), 9))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Print how a test process died; pytest-xdist prints only that it died."""
    if error:
        process = node.gateway._io.popen
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        sys.stderr.write(f"\n{node.gateway.id} ended with {process.returncode}, a signal if negative\n")


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Start the engine with tables and queues.

    A test that stops the engine must start it again.
    """
    with Engine(_PORT, tmp_path_factory.mktemp("engine")) as running:
        for model in TABLES:
            model.create()
        create_queues()
        KeyFile(settings.key_file).create()
        yield running


@pytest.fixture
def proxy(engine: Engine) -> Iterator[FaultProxy]:
    """Start a proxy before the engine."""
    with FaultProxy(engine.url) as running:
        yield running


@pytest.fixture
def tenant(engine: Engine) -> str:
    """Return a tenant id that no other test uses."""
    return f"tenant-{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def pipeline(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Start web, redact, store and Flower, as the Procfile starts them."""
    processes = Processes(tmp_path_factory.mktemp("processes"), engine.url)
    try:
        processes.start("web", "redact", "store", "flower")
        yield processes
    finally:
        codes = processes.stop()
    assert set(codes.values()) == {0}, codes


@pytest.fixture
def processes(engine: Engine, tmp_path: Path) -> Iterator[Processes]:
    """Return Sluice's processes, of which the test starts those it needs."""
    processes = Processes(tmp_path, engine.url)
    try:
        yield processes
    finally:
        processes.stop()


@pytest.fixture
def empty_failure_queue(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Purge the queues failures and redact, before and after the test."""
    # The engine is one server; SQS is many, and a long poll asks them all.
    monkeypatch.setattr(held_messages, "POLL_SECONDS", 0)
    purge()
    yield
    purge()
