"""`./sluice failures …`, on the real queue."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from broker.failures.dead_letter import TOO_MANY_RECEIVES, UNREADABLE, DeadLetter
from broker.failures.failure_queue import FailureQueue
from commands.main import sluice
from local.engine import Engine
from tasks.failures import Reason
from tests.support.failure_queue import FAILED_AT, fail, in_redact, put, visible

pytestmark = pytest.mark.usefixtures("empty_failure_queue")


def run(*arguments: str, confirm: str = "") -> Result:
    return CliRunner().invoke(sluice, ["failures", *arguments], input=confirm)


def listed(*options: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("list", "--json", *options).stdout.splitlines()]


def held() -> list[DeadLetter]:
    with FailureQueue() as letters:
        return list(letters)


def test_list_shows_all_but_the_text(tenant: str) -> None:
    fail(tenant, "a", "b")
    fail(f"{tenant}-2", "c", reason=Reason.NOT_REDACTED)

    everything = run("list")
    (shown,) = listed("--tenant", tenant)

    assert everything.exit_code == 0, everything.output
    assert "2 messages" in everything.output
    assert shown["age_seconds"] > 0
    assert shown["id"] in everything.output
    assert {name: shown[name] for name in ("reason", "tenant_id", "request_id", "origin_queue", "attempts")} == {
        "reason": "conflict",
        "tenant_id": tenant,
        "request_id": "r-1",
        "origin_queue": "redact",
        "attempts": 3,
    }
    assert shown["log_ids"] == ["a", "b"]
    assert "QUOKKA" not in everything.output + json.dumps(shown)
    assert json.loads(run("show", str(shown["id"])).stdout)["log_ids"] == ["a", "b"]
    assert json.loads(run("show", str(shown["message_id"])).stdout)["log_ids"] == ["a", "b"]


def test_a_list_gives_the_messages_back(tenant: str) -> None:
    for number in range(25):
        fail(tenant, str(number))

    for _ in range(2):
        assert len(listed()) == 25
    assert visible() == 25


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--reason", "conflict"], 2),
        (["--reason", "not_storable"], 0),
        (["--since", "2026-01-31T12:00"], 3),
        (["--since", "2026-01-31T13:00:01+01:00"], 0),
    ],
)
def test_list_chooses(tenant: str, options: list[str], count: int) -> None:
    for log_id, reason in enumerate((Reason.CONFLICT, Reason.CONFLICT, Reason.NOT_REDACTED)):
        fail(tenant, str(log_id), reason=reason)

    assert len(listed(*options)) == count


def test_stats_count_by_reason_and_tenant_and_say_how_long_there_is_time(tenant: str) -> None:
    fail(tenant, "a")
    fail(tenant, "b")
    put("QUOKKA")

    shown = run("stats").output

    assert f"       2 conflict           {tenant}" in shown
    assert f"       1 {UNREADABLE}" in shown
    assert "3 messages" in shown
    assert "SQS deletes the first of them in 14.0d" in shown


def test_what_failed_twice_is_there_once(tenant: str) -> None:
    # Given the same log of the same client, in two messages of which one was delivered twice.
    for _ in range(3):
        fail(tenant, "a")
    fail(tenant, "a", reason=Reason.NOT_REDACTED)
    fail(tenant, "a", text="another text")

    everything = run("list")

    assert "3 messages (and 2 copies:" in everything.output
    assert "3 messages (and 2 copies:" in run("stats").output
    assert visible() == 5
    assert "put back 3 messages" in run("redrive", "--all").output
    assert len(in_redact()) == 3
    assert held() == []


def test_an_id_means_all_copies(tenant: str) -> None:
    for log_id in ("a", "a", "b"):
        fail(tenant, log_id)
    letter_id = next(str(shown["id"]) for shown in listed() if shown["log_ids"] == ["a"])

    assert "deleted 1 message\n" in run("discard", "--id", letter_id, "--yes").output

    assert [letter.log_ids for letter in held()] == [("b",)]
    gone = run("discard", "--id", letter_id, "--yes")
    assert gone.exit_code == 1
    assert "1 message of 1 not found in the failure queue" in gone.output


def test_redrive_puts_back_what_is_chosen(tenant: str) -> None:
    fail(tenant, "a")
    fail(tenant, "b", reason=Reason.NOT_REDACTED)

    assert "would put back 1 message\n" in run("redrive", "--reason", "conflict", "--dry-run").output
    assert visible() == 2
    done = run("redrive", "--reason", "conflict")

    assert done.exit_code == 0
    assert "put back 1 message\n" in done.output
    assert [letter.log_ids for letter in held()] == [("b",)]
    (back,) = in_redact()
    assert back["headers"]["retries"] == 0
    assert back["headers"]["tenant_id"] == tenant
    assert not {"reason", "failed_at", "origin_queue", "attempts"} & back["headers"].keys()


def test_redrive_leaves_foreign_messages_and_reports_them(tenant: str) -> None:
    put("QUOKKA")
    fail(tenant, "a")

    everything = run("redrive", "--all")

    assert everything.exit_code == 0
    assert "put back 1 message\n1 can't run and stay" in everything.output
    (left,) = held()
    assert left.reason == UNREADABLE
    alone = run("redrive", "--id", left.id)
    assert alone.exit_code == 1
    assert "1 can't run and stay" in alone.output
    assert "can only be shown, exported and discarded" in alone.output
    assert "QUOKKA" not in everything.output + alone.output


def test_what_sqs_moved_has_a_reason_too(tenant: str) -> None:
    fail(tenant, "a", reason="")

    assert [shown["reason"] for shown in listed()] == [TOO_MANY_RECEIVES]


def test_discard_asks_and_deletes(tenant: str) -> None:
    fail(tenant, "a")

    assert run("discard", "--all", confirm="n\n").exit_code == 1
    assert visible() == 1
    assert "deleted 1 message\n" in run("discard", "--all", confirm="y\n").output
    assert held() == []


def test_nothing_is_changed_without_a_choice(tenant: str) -> None:
    fail(tenant, "a")

    for command in ("redrive", "discard"):
        assert "Say which messages" in run(command).output
    assert visible() == 1


def test_list_reports_messages_that_another_command_holds(tenant: str) -> None:
    fail(tenant, "a")

    with FailureQueue() as letters:
        assert len(list(letters)) == 1
        meanwhile = run("list")

    assert "0 messages" in meanwhile.output
    assert "about 1 message more, held by another command" in meanwhile.output


def test_list_reports_that_sqs_does_not_answer(engine: Engine) -> None:
    engine.stop()
    try:
        done = run("list")
    finally:
        engine.start()

    assert done.exit_code == 1
    assert "SQS does not answer" in done.output


def test_export_and_import(tenant: str, tmp_path: Path) -> None:
    file = tmp_path / "failures.jsonl"
    for log_id in ("a", "a", "b"):
        fail(tenant, log_id)
    put("\N{SNOWMAN} is no message of ours")
    before = {letter.id: letter.reason for letter in held()}

    assert "wrote 3 messages to" in run("export", str(file)).output
    assert file.stat().st_mode & 0o777 == 0o600
    assert visible() == 4
    run("discard", "--all", "--yes")
    assert held() == []
    assert "put 3 messages into the failure queue" in run("import", str(file)).output

    after = held()
    assert len(after) == len(before) == 3
    assert {letter.id: letter.reason for letter in after if letter.log_ids}.items() <= before.items()
    assert {letter.failed_at for letter in after if letter.log_ids} == {FAILED_AT}


def test_an_export_can_be_piped(tenant: str) -> None:
    fail(tenant, "a")

    exported = run("export", "-").stdout
    run("discard", "--all", "--yes")
    imported = run("import", "-", confirm=exported)

    assert "put 1 message into the failure queue" in imported.output
    assert [letter.log_ids for letter in held()] == [("a",)]


def test_an_export_overwrites_nothing(tenant: str, tmp_path: Path) -> None:
    file = tmp_path / "failures.jsonl"
    file.write_text("the only copy")

    done = run("export", str(file))

    assert done.exit_code == 1
    assert "exists already" in done.output
    assert file.read_text() == "the only copy"
    assert "can't be written: No such file or directory" in run("export", str(tmp_path / "no" / "such")).output


@pytest.mark.parametrize(
    "broken", [b"QUOKKA", b"[]", b'{"body": 5}', b'{"body": ""}', b'{"body": "QUO', b"\xff\xfe", b""]
)
def test_a_file_that_is_no_export_puts_nothing_in(tmp_path: Path, broken: bytes) -> None:
    file = tmp_path / "failures.jsonl"
    file.write_bytes(b'{"body": "x"}\n' + broken + b"\n")

    done = run("import", str(file))

    assert done.exit_code == 1
    assert f"Line 2 of {file} is not an exported message; nothing was put in." in done.output
    assert "QUO" not in done.output
    assert visible() == 0


def test_import_names_the_lines_that_sqs_refuses(tmp_path: Path) -> None:
    file = tmp_path / "failures.jsonl"
    bodies = ["first", "x" * 1_100_000, *(f"message {number}" for number in range(18))]
    file.write_text("".join(json.dumps({"body": body}) + "\n" for body in bodies))

    done = run("import", str(file))

    assert done.exit_code == 1
    assert "put 19 messages into the failure queue" in done.output
    assert f"in these lines of {file}: 2\n" in done.output
    assert visible() == 19
