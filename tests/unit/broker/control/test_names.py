"""Names of control queues: unique to a process, recognised by a sweep."""

import pytest

from broker.control.names import (
    MAX_QUEUE_NAME_CHARACTERS,
    is_control_queue,
    is_event_queue,
    is_reply_queue,
    is_worker_mailbox,
    worker_mailbox_name,
)

MAILBOX = "sluice-redact_host-0123abcd-celery-pidbox"
REPLIES = "sluice-5f3a-reply-celery-pidbox"
EVENTS = "sluice-celeryev-5f3a"


@pytest.mark.parametrize(
    ("name", "is_mailbox", "is_reply", "is_event"),
    [(MAILBOX, True, False, False), (REPLIES, False, True, False), (EVENTS, False, False, True)],
    ids=["mailbox", "replies", "events"],
)
def test_control_queues_are_recognised_by_name(name: str, is_mailbox: bool, is_reply: bool, is_event: bool) -> None:
    assert is_control_queue(name, "sluice-")
    assert is_worker_mailbox(name, "sluice-") == is_mailbox
    assert is_reply_queue(name, "sluice-") == is_reply
    assert is_event_queue(name, "sluice-") == is_event


@pytest.mark.parametrize("name", ["sluice-redact", "sluice-store", "sluice-failures", "sluice-celery", "celeryev-5f3a"])
def test_other_queues_are_not_control_queues(name: str) -> None:
    assert not is_control_queue(name, "sluice-")


@pytest.mark.parametrize("name", [MAILBOX, REPLIES, EVENTS])
def test_queues_under_another_prefix_are_not_control_queues(name: str) -> None:
    assert not is_control_queue(name, "another-")


def test_a_mailbox_is_named_for_the_process() -> None:
    assert worker_mailbox_name("sluice-redact_host-celery-pidbox", "0123abcd") == MAILBOX


def test_a_long_node_name_is_cut_to_the_sqs_limit() -> None:
    name = worker_mailbox_name(f"sluice-redact_{'ip-10-0-0-1' * 8}-celery-pidbox", "0123abcd")

    assert len(name) == MAX_QUEUE_NAME_CHARACTERS
    assert name.endswith("-0123abcd-celery-pidbox")
    assert is_worker_mailbox(name, "sluice-")
