"""One deployment that all tests of this folder share."""

from collections.abc import Iterator

import pytest

from local.engine import Engine
from tests.support.processes import Processes


@pytest.fixture(scope="package")
def pipeline(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Run web, redact, store and Flower, as the Procfile starts them.

    No other process uses their queues meanwhile.
    """
    processes = Processes(tmp_path_factory.mktemp("pipeline"), engine.url)
    try:
        processes.start("web", "redact", "store", "flower")
        yield processes
    finally:
        codes = processes.stop()
    assert set(codes.values()) == {0}, codes
