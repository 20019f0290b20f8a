"""`flask redact`: the rules on one's own logs."""

from pathlib import Path

from flask.testing import FlaskCliRunner

from webapp import create_app

LOGS = "mail a@b.co\nall quiet\ncard 4111-1111-1111-1111 of é\n"


def run(*arguments: str, typed: str = LOGS) -> tuple[str, str]:
    result = FlaskCliRunner(create_app()).invoke(args=["redact", *arguments], input=typed)
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def test_each_line_is_a_log() -> None:
    assert run() == ("mail [EMAIL]\nall quiet\ncard [CREDIT_CARD] of é\n", "")


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    file.write_bytes(b"10.0.0.1 \xff\n")

    result = FlaskCliRunner(create_app()).invoke(args=["redact", str(file)])

    assert result.stdout_bytes == b"[IP_ADDRESS] \xff\n"


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
    assert counts.endswith("1 lines dropped\n")


def test_a_policy_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"actions": {"SHOE_SIZE": "drop"}}')

    result = FlaskCliRunner(create_app()).invoke(args=["redact", "--policy", str(file)], input="")

    assert result.exit_code == 2
    assert "unknown entity 'SHOE_SIZE'" in result.stderr
