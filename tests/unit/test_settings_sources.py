"""Sources of the settings: each variable is loaded once, in order."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT

ENGINE = "http://127.0.0.1:4599"
FORMS = {"sluice": ["./sluice"], "flask": [".venv/bin/flask", "--app", "webapp"]}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the tree, so that nobody's own .env is touched."""
    copy = tmp_path_factory.mktemp("checkout") / "sluice"
    left_out = (".git", ".venv*", ".data", ".env", "__pycache__", ".*_cache", ".hypothesis", "tests", "node_modules")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*left_out))
    (copy / ".venv").symlink_to(ROOT / ".venv")
    return copy


@pytest.fixture(autouse=True)
def _no_files(checkout: Path) -> Iterator[None]:
    yield
    (checkout / ".env").unlink(missing_ok=True)
    shutil.rmtree(checkout / ".data", ignore_errors=True)


def run(checkout: Path, form: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in a shell with credentials of real AWS."""
    real = {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "real", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    return subprocess.run(
        [*FORMS[form], *arguments],
        cwd=checkout,
        env={"PATH": os.environ["PATH"]} | real | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def publish_engine(checkout: Path) -> None:
    """Write what a running `make run` writes."""
    (checkout / ".data").mkdir()
    (checkout / ".data" / "run.env").write_text(f"SLUICE_AWS_ENDPOINT_URL='{ENGINE}'\nPORT='8123'\n")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("copied", [True, False], ids=["with .env", "without .env"])
def test_a_running_engine_wins_over_the_copied_example(checkout: Path, form: str, copied: bool) -> None:
    if copied:
        shutil.copy(checkout / ".env.example", checkout / ".env")
    publish_engine(checkout)

    shown = run(checkout, form, "config", "show")

    assert shown.returncode == 0, shown.stderr
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert shown.stdout.startswith(f"AWS: the embedded engine at {ENGINE}\n")
    assert ["SLUICE_AWS_ENDPOINT_URL", ENGINE, ".data/run.env"] in lines
    assert ["PORT", "8123", ".data/run.env"] in lines
    assert ["SLUICE_QUEUE_PREFIX", "sluice-", ".env" if copied else "default"] in lines
    # It fails at the engine's address, where nothing listens here, and does not ask about real AWS.
    done = run(checkout, form, "tenants", "create", "t")
    assert f"DynamoDB does not answer in the embedded engine at {ENGINE}" in done.stderr


@pytest.mark.parametrize("form", FORMS)
def test_without_a_running_engine_the_copied_example_means_real_aws(checkout: Path, form: str) -> None:
    shutil.copy(checkout / ".env.example", checkout / ".env")

    assert run(checkout, form, "config", "show").stdout.startswith("AWS: real AWS in us-east-1, account unknown: ")
    done = run(checkout, form, "db", "create")
    assert done.returncode == 2
    assert "would change real AWS in us-east-1" in done.stderr


@pytest.mark.parametrize("form", FORMS)
def test_the_environment_wins_over_a_running_engine(checkout: Path, form: str) -> None:
    shutil.copy(checkout / ".env.example", checkout / ".env")
    publish_engine(checkout)

    shown = run(checkout, form, "config", "show", SLUICE_AWS_ENDPOINT_URL="http://127.0.0.1:4600", PORT="8000")

    lines = [line.split() for line in shown.stdout.splitlines()]
    assert ["SLUICE_AWS_ENDPOINT_URL", "http://127.0.0.1:4600", "environment"] in lines
    assert ["PORT", "8000", "environment"] in lines


def test_secrets_are_hidden(checkout: Path) -> None:
    shown = run(
        checkout, "sluice", "config", "show", SLUICE_METRICS_TOKEN="QUOKKA", SLUICE_FLOWER_BASIC_AUTH="a:QUOKKA"
    )

    assert "QUOKKA" not in shown.stdout
    assert shown.stdout.count("(hidden)") == 2


@pytest.mark.parametrize("source", ["environment", ".env"])
def test_an_unknown_variable_is_named_with_the_nearest_one(checkout: Path, source: str) -> None:
    if source == ".env":
        (checkout / ".env").write_text("SLUICE_TASK_MAX_RETRY=0\n")
    environment = {"SLUICE_TASK_MAX_RETRY": "0"} if source == "environment" else {}

    done = run(checkout, "sluice", "config", "show", **environment)

    assert done.stderr == (
        f"warning: SLUICE_TASK_MAX_RETRY ({source}) is not a setting and has no effect; did you mean "
        "SLUICE_TASK_MAX_RETRIES?\n"
    )


def test_a_wrong_value_is_a_line_with_the_variable_and_the_source(checkout: Path) -> None:
    (checkout / ".env").write_text("SLUICE_MAX_RECORDS=many\n")

    done = run(checkout, "sluice", "config", "show", PORT="eighty")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "  PORT (environment): Input should be a valid integer" in done.stderr
    assert "  SLUICE_MAX_RECORDS (.env): Input should be a valid integer" in done.stderr
    assert "eighty" not in done.stderr


def test_sluice_runs_from_any_folder_through_a_symlink_beside_another_environment(
    checkout: Path, tmp_path: Path
) -> None:
    (tmp_path / "settings.py").write_text("raise SystemExit('the wrong one')")
    (tmp_path / "app.log").write_text("mail a@b.co\n")
    (tmp_path / "link").symlink_to(checkout / "sluice")
    (tmp_path / "python").symlink_to("/bin/false")

    done = subprocess.run(
        ["./link", "redact", "app.log"],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "VIRTUAL_ENV": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("mail [EMAIL]\n", "")


def test_sluice_without_an_installation_names_make_run(tmp_path: Path) -> None:
    shutil.copy(ROOT / "sluice", tmp_path / "sluice")

    done = subprocess.run([tmp_path / "sluice", "--help"], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr == "sluice: nothing is installed yet; run: make run\n"
