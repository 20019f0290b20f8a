"""The documented curl commands store every line once."""

import json
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.shippers.documented import KEY, TENANT, configuration
from tests.shippers.system import Sender
from tests.support.waiting import wait_for

OUTAGE_SECONDS = 20
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(sender: Sender, tmp_path: Path) -> Iterator[Start]:
    """Start documented commands, with an API key or without."""
    started: list[subprocess.Popen[str]] = []

    def run(name: str, *, with_key: bool = True, **replaced: str) -> subprocess.Popen[str]:
        if with_key:
            header = {KEY: sender.key}
        else:
            header = {f"Authorization: Bearer {KEY}": f"x-tenant-id: {TENANT}".replace(TENANT, sender.tenant)}
        command = configuration(name, sender.sluice.url(with_key), header | replaced)
        started.append(
            subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, text=True, stdout=subprocess.PIPE
            )
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def get_accepted_count(process: subprocess.Popen[str]) -> int:
    answer, _ = process.communicate(timeout=120)
    assert process.returncode == 0, answer
    return int(json.loads(answer)["accepted"])


@pytest.mark.parametrize("with_key", [True, False])
def test_a_json_object_sent_twice_is_stored_once(sender: Sender, start: Start, with_key: bool) -> None:
    (line,) = sender.lines(1)

    assert get_accepted_count(start("curl-object.sh", with_key=with_key, TEXT=line)) == 1
    assert get_accepted_count(start("curl-object.sh", with_key=with_key, TEXT=line)) == 1
    sender.check_once()


def test_a_json_array_is_stored(sender: Sender, start: Start) -> None:
    lines = sender.lines(3)

    replaced = {f"TEXT {number}": line for number, line in enumerate(lines, 1)}
    assert get_accepted_count(start("curl-array.sh", **replaced)) == 3
    sender.check_once()


@pytest.mark.parametrize("name", ["curl-splunk.sh", "curl-datadog.sh", "curl-elasticsearch.sh"])
def test_requests_in_other_protocols_are_stored(sender: Sender, start: Start, name: str) -> None:
    process = start(name, **{f"TEXT {number}": line for number, line in enumerate(sender.lines(2), 1)})

    process.communicate(timeout=120)
    assert process.returncode == 0
    sender.check_once()


@pytest.mark.parametrize("with_key", [True, False])
def test_a_file_sent_twice_is_stored_once(sender: Sender, start: Start, tmp_path: Path, with_key: bool) -> None:
    (tmp_path / "app.log").write_text("\n".join(sender.lines(50)) + "\n")

    assert get_accepted_count(start("curl-lines.sh", with_key=with_key)) == 50
    assert get_accepted_count(start("curl-lines.sh", with_key=with_key)) == 50
    sender.check_once()


@pytest.mark.parametrize("name", ["curl-gzip.sh", "curl-pipe.sh"])
@pytest.mark.parametrize("with_key", [True, False])
def test_an_ndjson_file_is_stored(sender: Sender, start: Start, tmp_path: Path, name: str, with_key: bool) -> None:
    lines = (json.dumps({"text": line, "level": "info"}) for line in sender.lines(50))
    (tmp_path / "app.ndjson").write_text("\n".join(lines) + "\n")

    assert get_accepted_count(start(name, with_key=with_key)) == 50
    sender.check_once()


def test_curl_retries_until_an_sqs_outage_ends(sender: Sender, start: Start, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("\n".join(sender.lines(50)) + "\n")
    refused = sender.sluice.refused()

    ends = time.monotonic() + OUTAGE_SECONDS
    sender.sluice.break_sqs()
    process = start("curl-lines.sh")
    wait_for("the end of the outage", lambda: time.monotonic() > ends)
    assert sender.sluice.refused() >= refused + 2
    assert process.poll() is None
    sender.sluice.mend_sqs()

    answer, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert '"accepted":50' in answer
    sender.check_once()


def test_a_file_that_sqs_took_in_part_is_stored_once(sender: Sender, start: Start, tmp_path: Path) -> None:
    """Send a whole file again after SQS took a part.

    The file's checksum is the Idempotency-Key, so the accepted part is not stored twice.
    """
    letters = random.Random(1)
    lines = (f"{line} {''.join(letters.choices('bcdfghjklm npqrst', k=30_000))}" for line in sender.lines(100))
    (tmp_path / "app.log").write_text("\n".join(lines) + "\n")
    refused = sender.sluice.refused()

    sender.sluice.proxy.fail_entries("SendMessageBatch")
    process = start("curl-lines.sh")
    wait_for("a refusal", lambda: sender.sluice.refused() > refused)
    sender.sluice.mend_sqs()

    process.communicate(timeout=120)
    assert process.returncode == 0
    sender.check_once()
