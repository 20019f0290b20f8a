"""The AWS that commands reach: the engine, or real AWS after consent."""

import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from commands.framework.groups import CommandGroup, ReadingCommand, WritingCommand
from commands.main import sluice
from settings import ROOT

WRITING = {
    "db create",
    "broker create",
    "broker sweep",
    "tenants create",
    "tenants suspend",
    "tenants resume",
    "tenants erase",
    "keys create",
    "keys revoke",
    "policy set",
    "failures redrive",
    "failures discard",
    "failures import",
}
READING = {
    "db check",
    "tenants list",
    "tenants show",
    "tenants session-policy",
    "keys list",
    "policy show",
    "failures list",
    "failures show",
    "failures stats",
    "failures export",
    "redact",
    "logs show",
    "config show",
}


def get_commands(group: click.Group = sluice, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from get_commands(command, f"{prefix}{name} ")
        else:
            yield prefix + name, command


def run_on_real_aws(*arguments: str, form: str = "sluice", **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command on real AWS, for which a closed port stands."""
    command = [ROOT / "sluice"] if form == "sluice" else [ROOT / ".venv/bin/flask", "--app", "webapp"]
    return subprocess.run(
        [*command, *arguments],
        env=make_real_environment() | environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def make_real_environment() -> dict[str, str]:
    without = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SLUICE_"))}
    return without | {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_REGION": "eu-west-3",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    }


def test_each_command_is_declared_reading_or_writing() -> None:
    commands = dict(get_commands())

    assert {name for name, command in commands.items() if isinstance(command, WritingCommand)} == WRITING
    assert {name for name, command in commands.items() if isinstance(command, ReadingCommand)} == READING
    assert commands.keys() == WRITING | READING


def test_a_group_takes_no_command_that_declares_nothing() -> None:
    with pytest.raises(TypeError, match="must be a ReadingCommand or a WritingCommand"):
        CommandGroup("group").add_command(click.Command("plain"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("db", "create"),
        ("broker", "sweep"),
        ("tenants", "erase", "t", "--yes"),
        ("keys", "create", "--tenant", "t"),
        ("failures", "discard", "--all", "--yes"),
    ],
    ids=" ".join,
)
def test_without_a_terminal_real_aws_is_not_changed(arguments: tuple[str, ...]) -> None:
    done = run_on_real_aws(*arguments)

    assert done.returncode == 2
    assert "would change real AWS in eu-west-3 (no credentials found). Add --aws" in done.stderr
    assert "start `make run` first" in done.stderr.replace("\n", " ")


def test_the_flask_form_asks_too() -> None:
    done = run_on_real_aws("db", "create", form="flask")

    assert done.returncode == 2
    assert "would change real AWS in eu-west-3" in done.stderr


def test_with_the_option_the_target_is_named_and_the_true_cause(tmp_path: Path) -> None:
    done = run_on_real_aws("tenants", "create", "t", "--aws")

    assert done.returncode == 1
    assert "using real AWS in eu-west-3 (no credentials found)" in done.stderr
    assert "No AWS credentials found for real AWS in eu-west-3; is `make run` running?" in done.stderr
    assert "db create" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [("tenants", "list"), ("failures", "stats"), ("db", "check"), ("logs", "show", "t", "a")], ids=" ".join
)
def test_a_reading_command_names_the_true_cause(arguments: tuple[str, ...]) -> None:
    done = run_on_real_aws(*arguments)

    assert done.returncode == 1
    assert done.stderr == "Error: No AWS credentials found for real AWS in eu-west-3; is `make run` running?\n"


def test_an_endpoint_that_does_not_answer_is_named() -> None:
    done = run_on_real_aws("tenants", "list", AWS_ACCESS_KEY_ID="AKIAREAL", AWS_SECRET_ACCESS_KEY="real")

    assert done.returncode == 1
    assert "DynamoDB does not answer in real AWS in eu-west-3 (EndpointConnectionError). Try again." in done.stderr


@pytest.mark.parametrize("answer", ["n", "y"])
def test_somebody_at_a_terminal_is_asked(answer: str) -> None:
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [ROOT / "sluice", "tenants", "suspend", "t"],
        env=make_real_environment(),
        stdin=end,
        stdout=subprocess.DEVNULL,
        stderr=end,
    )
    os.close(end)
    os.write(terminal, f"{answer}\n".encode())
    output = b""
    try:
        while chunk := os.read(terminal, 4096):
            output += chunk
    except OSError:  # the other side is closed
        pass
    os.close(terminal)

    assert process.wait() == 1
    assert b"changes real AWS in eu-west-3 (no credentials found). Go on? [y/N]" in output
    assert (b"No AWS credentials found" in output) is (answer == "y")
    assert (b"Aborted!" in output) is (answer == "n")
