"""Calls that only one module of `foundation` makes."""

import pytest

from settings import ROOT

PACKAGES = ("broker", "commands", "foundation", "models", "originals", "redaction", "tasks", "webapp")


@pytest.mark.parametrize(
    ("call", "module"),
    [
        ("boto3.client(", "foundation/aws_clients.py"),
        ("botocore.config import", "foundation/aws_clients.py"),
        ("register_at_fork(", "foundation/forks.py"),
        ('.replace("+00:00", "Z")', "foundation/timestamps.py"),
    ],
)
def test_only_one_module_makes_a_call(call: str, module: str) -> None:
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    assert files

    assert [str(file.relative_to(ROOT)) for file in files if call in file.read_text()] == [module]
