"""Remote control's replies: collected until each destination has replied."""

import copy
import time
from collections.abc import Iterator

import pytest
from kombu import Connection

from broker.control.mailbox import Control, Mailbox
from tasks import app

LONG_SECONDS = 60


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Create a mailbox on kombu's transport in memory, with its reply queue."""
    with Connection("memory://") as connection:
        mine = Mailbox("control", type="fanout", accept=["json"])(connection)
        mine.reply_queue(connection.default_channel).declare()
        yield mine


def reply(mailbox: Mailbox, ticket: str, *replies: dict[str, str]) -> None:
    for each in replies:
        mailbox._publish_reply(each, mailbox.reply_exchange.name, mailbox.oid, ticket)


def test_collecting_ends_with_the_last_reply(mailbox: Mailbox) -> None:
    reply(mailbox, "ticket", {"a": "pong"}, {"b": "pong"})
    began = time.monotonic()

    replies = mailbox._collect("ticket", limit=2, timeout=LONG_SECONDS)

    assert replies == [{"a": "pong"}, {"b": "pong"}]
    assert time.monotonic() - began < LONG_SECONDS


def test_a_reply_to_an_earlier_call_is_not_counted(mailbox: Mailbox) -> None:
    reply(mailbox, "earlier", {"a": "late"})
    reply(mailbox, "ticket", {"a": "pong"})

    assert mailbox._collect("ticket", limit=1, timeout=LONG_SECONDS) == [{"a": "pong"}]


def test_collecting_without_a_limit_ends_with_the_timeout(mailbox: Mailbox) -> None:
    reply(mailbox, "ticket", {"a": "pong"})
    seen: list[dict[str, str]] = []

    assert mailbox._collect("ticket", timeout=0.01, callback=seen.append) == [{"a": "pong"}]
    assert seen == [{"a": "pong"}]


def test_a_thread_has_one_reply_queue_for_all_calls(mailbox: Mailbox) -> None:
    # Celery copies the mailbox for each call.
    assert copy.copy(mailbox).oid == mailbox.oid


def test_the_application_controls_workers_by_this_mailbox() -> None:
    assert isinstance(app.control, Control)
    assert isinstance(app.control.mailbox, Mailbox)
