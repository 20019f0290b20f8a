"""Workers of a test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.engine import Engine
from tests.support.nap_worker import NapWorker


@pytest.fixture
def worker(engine: Engine, tenant: str, tmp_path: Path) -> Iterator[NapWorker]:
    nap_worker = NapWorker(engine, f"{tenant}-", tmp_path)
    yield nap_worker
    nap_worker.kill()
