"""syslog-ng's http() stores every line once, configured as documented."""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.shippers.agent import Agent
from tests.shippers.documented import KEY, TENANT, configuration
from tests.shippers.system import Sender
from tests.support.waiting import wait_for

SECONDS_DOWN = 20
COMMAND = ["syslog-ng", "--foreground", "--no-caps", "--stderr", "--cfgfile={configuration}"]
STATE = ["--persist-file=persist", "--pidfile=pid", "--control=control"]
Start = Callable[..., Agent]


@pytest.fixture
def start(sender: Sender, tmp_path: Path) -> Iterator[Start]:
    started: list[Agent] = []

    def run(*, with_key: bool = True) -> Agent:
        if with_key:
            header = {KEY: sender.key}
        else:
            header = {f"Authorization: Bearer {KEY}": f"x-tenant-id: {TENANT}".replace(TENANT, sender.tenant)}
        configured = configuration("syslog-ng.conf", sender.sluice.url(with_key), header)
        started.append(Agent([*COMMAND, *STATE], tmp_path, configured, "/var/lib/syslog-ng"))
        return started[-1]

    yield run
    for process in started:
        process.stop()


@pytest.mark.parametrize("with_key", [True, False])
def test_every_line_in_the_file_is_stored_once(sender: Sender, start: Start, with_key: bool) -> None:
    syslog_ng = start(with_key=with_key)
    syslog_ng.log(sender.lines(50))
    sender.wait_until_stored()

    assert syslog_ng.end() == 0, syslog_ng.output()
    sender.check_once()


def test_every_line_is_stored_once_despite_an_sqs_outage(sender: Sender, start: Start) -> None:
    syslog_ng = start()
    syslog_ng.log(sender.lines(20))
    sender.wait_until_stored()

    began = time.monotonic()
    refused = sender.sluice.refused()
    sender.sluice.break_sqs()
    syslog_ng.log(sender.lines(20))
    wait_for("20 s", lambda: time.monotonic() >= began + SECONDS_DOWN)
    assert sender.sluice.refused() >= refused + 2
    sender.sluice.mend_sqs()
    syslog_ng.log(sender.lines(20))
    sender.wait_until_stored()

    assert syslog_ng.end() == 0, syslog_ng.output()
    sender.check_once()


def test_a_batch_that_sqs_took_in_part_is_stored_once(sender: Sender, start: Start) -> None:
    """Send a batch again, formatted anew but with the same ids."""
    letters = random.Random(1)
    syslog_ng = start()
    refused = sender.sluice.refused()
    sender.sluice.proxy.fail_entries("SendMessageBatch")
    syslog_ng.log([f"{line} {''.join(letters.choices('bcdfghjklm npqrst', k=30_000))}" for line in sender.lines(100)])
    wait_for("a refusal", lambda: sender.sluice.refused() > refused)
    sender.sluice.mend_sqs()
    sender.wait_until_stored()

    assert syslog_ng.end() == 0, syslog_ng.output()
    sender.check_once()


def test_unsent_lines_are_sent_by_the_restarted_syslog_ng(sender: Sender, start: Start) -> None:
    syslog_ng = start()
    refused = sender.sluice.refused()
    sender.sluice.break_sqs()
    syslog_ng.log(sender.lines(20))
    wait_for("a refusal", lambda: sender.sluice.refused() > refused)
    assert syslog_ng.end() == 0, syslog_ng.output()
    sender.sluice.mend_sqs()

    start()
    sender.check_once()
