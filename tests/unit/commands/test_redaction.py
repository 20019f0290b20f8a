"""`./sluice redact`: the rules on one's own logs."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.main import sluice

LOGS = "mail a@b.co\nall quiet\ncard 4111-1111-1111-1111 of é\n"


def run(*arguments: str, typed: str = LOGS) -> tuple[str, str]:
    result = CliRunner().invoke(sluice, ["redact", *arguments], input=typed)
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def test_each_line_is_a_log() -> None:
    assert run() == ("mail [EMAIL]\nall quiet\ncard [CREDIT_CARD] of é\n", "")


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    file.write_bytes("10.0.0.1 \N{SNOWMAN}\n".encode())

    result = CliRunner().invoke(sluice, ["redact", str(file)])

    assert result.stdout_bytes == "[IP_ADDRESS] \N{SNOWMAN}\n".encode()


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("mail jane@example.com".encode("utf-16"), "line 1, at byte 0"),
        ("all quiet\ncaf\xe9".encode("latin-1"), "line 2, at byte 13"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--whole",)])
def test_redact_refuses_a_file_that_is_not_utf8(
    tmp_path: Path, content: bytes, where: str, options: tuple[str, ...]
) -> None:
    file = tmp_path / "app.log"
    file.write_bytes(content)

    result = CliRunner().invoke(sluice, ["redact", str(file), *options])

    assert result.exit_code == 1
    assert "example.com" not in result.output
    assert f"{file} is not valid UTF-8 (" in result.stderr
    assert where.partition(", ")[2] in result.stderr
    assert f"iconv -f UTF-16 -t UTF-8 {file}" in result.stderr


def test_why() -> None:
    output, _ = run("--explain")

    assert "    CREDIT_CARD 5-24 by card" in output
    assert ": 4111-1111-1111-1111\n" in output
    assert "    EMAIL 5-11 by email" in output


def test_how_many() -> None:
    assert run("--stats")[1] == "       1 EMAIL\n       1 CREDIT_CARD\n       3 lines, 2 values, 0 lines dropped\n"


def test_with_a_policy(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"actions": {"EMAIL": "drop", "CREDIT_CARD": "partial"}}')

    output, counts = run("--policy", str(file), "--stats")

    assert output == "all quiet\ncard [CREDIT_CARD:*1111] of é\n"
    assert counts.endswith("1 line dropped\n")


def test_a_policy_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"actions": {"SHOE_SIZE": "drop"}}')

    result = CliRunner().invoke(sluice, ["redact", "--policy", str(file)], input="")

    assert result.exit_code == 2
    assert "unknown entity 'SHOE_SIZE'" in result.stderr
