"""Fixtures: the running system, a tenant, and clients' processes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.engine import Engine
from tests.shippers.documented import configuration
from tests.shippers.system import CLIENTS, Application, Sender, Sluice
from tests.support.fault_proxy import FaultProxy

DRIVER = Path(__file__).with_name("driver.py")


@pytest.fixture(scope="module")
def sluice(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sluice]:
    with FaultProxy(engine.url) as proxy:
        running = Sluice(tmp_path_factory.mktemp("sluice"), proxy)
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture
def sender(sluice: Sluice) -> Iterator[Sender]:
    yield Sender(sluice)
    sluice.mend_sqs()


@pytest.fixture
def run_python(sluice: Sluice, tmp_path: Path) -> Iterator[Callable[..., Application]]:
    """Start applications whose logging a block of docs/shippers/python.md sets up.

    `more` is code that is added to the block.
    """
    started: list[Application] = []

    def run(name: str, replaced: dict[str, str], *, with_key: bool, more: str = "") -> Application:
        setup = tmp_path / "setup.py"
        setup.write_text(configuration(name, sluice.url(with_key), replaced) + more)
        started.append(Application([str(CLIENTS / "python"), str(DRIVER), str(setup)], tmp_path))
        return started[-1]

    yield run
    for application in started:
        application.stop()
