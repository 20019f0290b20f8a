"""Clients of Python's logging send logs as docs/shippers/python.md shows."""

import random
import time
from collections.abc import Callable

import pytest

from tests.shippers.documented import KEY, TENANT, blocks
from tests.shippers.system import Application, Sender
from tests.support.waiting import wait_for

Run = Callable[..., Application]

LOKI_STOP = blocks()["loki-stop.py"]
IN_A_RECORD = "\nhandler.addFilter(lambda record: setattr(record, 'tenant_id', {tenant!r}) or True)\n"
IN_A_HEADER = "\nclient.session.headers['x-tenant-id'] = {tenant!r}\n"
NO_KEY = {KEY: "none"}
"""Token that Sluice ignores without required keys; it checks every token that begins with slk_."""
PADDING = 30_000
"""Random characters in each line, so that the lines of one request exceed an SQS message."""
HEADERS = {'"Authorization": "Bearer slk_KEY"': '"x-tenant-id": "tenant-1"'}


def run(run_python: Run, sender: Sender, name: str, **replaced: str) -> Application:
    more = LOKI_STOP if name == "loki.py" else ""
    return run_python(name, {KEY: sender.key, **replaced}, with_key=True, more=more)


@pytest.mark.parametrize("name", ["otlp.py", "logtail.py", "axiom.py", "loki.py", "splunk.py", "datadog.py"])
def test_a_client_with_a_key_stores_every_line_once(sender: Sender, run_python: Run, name: str) -> None:
    application = run(run_python, sender, name)
    application.log(sender.lines(20))

    assert application.end() == 0, application.output()
    sender.check_once()
    assert "Traceback" not in application.output()


def test_a_client_with_the_key_in_x_api_key_stores_every_line_once(sender: Sender, run_python: Run) -> None:
    replaced = {f'"Authorization": "Bearer {KEY}"': f'"X-API-Key": "{sender.key}"'}
    application = run_python("otlp.py", replaced, with_key=True)
    application.log(sender.lines(20))

    assert application.end() == 0, application.output()
    sender.check_once()


@pytest.mark.parametrize(
    ("name", "replaced", "more"),
    [
        ("otlp.py", HEADERS, ""),
        ("logtail.py", NO_KEY, IN_A_RECORD),
        ("axiom.py", NO_KEY, IN_A_HEADER),
    ],
)
def test_a_client_without_a_key_stores_every_line_once(
    sender: Sender, run_python: Run, name: str, replaced: dict[str, str], more: str
) -> None:
    replaced = {placeholder: value.replace(TENANT, sender.tenant) for placeholder, value in replaced.items()}
    application = run_python(name, replaced, with_key=False, more=more.format(tenant=sender.tenant))
    application.log(sender.lines(20))

    assert application.end() == 0, application.output()
    sender.check_once()


@pytest.mark.parametrize(
    "replaced", [NO_KEY, NO_KEY | {'version="1"': 'version="0"', "/loki/api/v1/push": "/api/prom/push"}]
)
def test_loki_without_a_key_stores_every_line_once(sender: Sender, run_python: Run, replaced: dict[str, str]) -> None:
    more = LOKI_STOP + blocks()["loki-tenant.py"].replace(TENANT, sender.tenant)
    application = run_python("loki.py", replaced, with_key=False, more=more)
    application.log(sender.lines(20))

    assert application.end() == 0, application.output()
    sender.check_once()
    assert "Traceback" not in application.output()


@pytest.mark.parametrize(
    ("name", "seconds"), [("otlp.py", 20), ("logtail.py", 6), ("axiom.py", 6), ("splunk.py", 6), ("datadog.py", 20)]
)
def test_a_client_stores_every_line_once_despite_an_sqs_outage(
    sender: Sender, run_python: Run, name: str, seconds: float
) -> None:
    """Show that a refused client sends again, without losses or duplicates.

    Some clients give up after 15 s, so their outage is shorter.
    """
    refused = sender.sluice.refused()
    application = run(run_python, sender, name, **({"capacity=100": "capacity=10"} if name == "datadog.py" else {}))
    application.log(sender.lines(10))
    sender.wait_until_stored()

    began = time.monotonic()
    sender.sluice.break_sqs()
    application.log(sender.lines(10))
    wait_for("two refusals", lambda: sender.sluice.refused() >= refused + 2)
    wait_for(f"{seconds} s", lambda: time.monotonic() >= began + seconds)
    sender.sluice.mend_sqs()
    sender.wait_until_stored()
    application.log(sender.lines(10))

    assert application.end() == 0, application.output()
    sender.check_once()


@pytest.mark.parametrize("name", ["otlp.py", "logtail.py", "axiom.py", "splunk.py", "datadog.py"])
def test_a_request_that_sqs_took_in_part_is_stored_once(sender: Sender, run_python: Run, name: str) -> None:
    """Show that the client may send a whole request again.

    The request is too large for one SQS message, and SQS takes only a part of it.
    """
    refused = sender.sluice.refused()
    application = run(run_python, sender, name)
    sender.sluice.proxy.fail_entries("SendMessageBatch")
    letters = random.Random(1)
    application.log(f"{line} {''.join(letters.choices('bcdfghjklm npqrst', k=PADDING))}" for line in sender.lines(100))
    wait_for("a refusal", lambda: sender.sluice.refused() > refused)
    sender.sluice.mend_sqs()
    sender.wait_until_stored()

    assert application.end() == 0, application.output()
    sender.check_once()
