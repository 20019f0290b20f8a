"""The embedded engine: one at a time on a state."""

from pathlib import Path

import pytest

from local.engine import Engine, EngineFailed
from local.environment import engine_environment
from local.ports import PortUnusable, free_port, require_free


def test_two_engines_do_not_share_a_state(tmp_path: Path) -> None:
    with Engine(free_port(), tmp_path), pytest.raises(EngineFailed, match="another engine uses"):
        Engine(free_port(), tmp_path).start()


def test_a_running_engine_takes_the_port(tmp_path: Path) -> None:
    port = free_port()
    with Engine(port, tmp_path), pytest.raises(PortUnusable, match=f"port {port} is taken.*ENGINE_PORT="):
        require_free(port, "ENGINE_PORT")
    require_free(port, "ENGINE_PORT")


def test_nothing_about_real_aws_reaches_the_processes() -> None:
    shell = {"PATH": "/bin", "AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_PROFILE": "production", "AWS_ENDPOINT_URL": "x"}

    environment = engine_environment("http://127.0.0.1:4566", shell)

    assert environment["SLUICE_AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert "AKIAREAL" not in environment.values()
    assert not environment.keys() & {"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ENDPOINT_URL"}
