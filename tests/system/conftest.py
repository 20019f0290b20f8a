"""Fixtures that several system tests share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from local.engine import Engine
from tests.support.failure_queue import purge
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No page needs anything from elsewhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="module")
def web(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Start web without workers, and purge the queues afterwards."""
    processes = Processes(tmp_path_factory.mktemp("web"), engine.url)
    try:
        processes.start("web")
        yield processes
    finally:
        processes.stop()
        purge()


@pytest.fixture
def web_behind(proxy: FaultProxy, tmp_path: Path, tenant: str, request: pytest.FixtureRequest) -> Iterator[Processes]:
    """Start web behind the proxy, with queues of its own.

    An indirect parameter adds environment variables.
    """
    processes = Processes(tmp_path, proxy.url, **getattr(request, "param", {}))
    try:
        processes.use_queues(f"{tenant}-")
        processes.start("web")
        yield processes
    finally:
        proxy.clear()
        processes.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "no chromium: make packages"
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=FLAGS) as running:
        yield running
