"""Account of `make chaos`: it finds lost, duplicated and altered logs."""

import base64
import json
import random

import pytest

from tests.chaos.account import Account, Failures
from tests.chaos.aws import STORED_BEFORE
from tests.chaos.poison import KINDS, identify_poison, make_poison

ACCEPTED = {("t", "one"): "1", ("t", "two"): "2"}
ONE, TWO = ("t", "1", "one"), ("t", "2", "two")


def make_export_line(text: str, reason: str = "conflict") -> str:
    """Return a line of `failures export`."""
    content = json.dumps([[{"tenant_id": "t", "logs": [{"log_id": "x", "original_text": text}]}], {}, {}])
    return json.dumps({"reason": reason, "body": json.dumps({"body": base64.b64encode(content.encode()).decode()})})


def account(items: list[tuple[str, str, str]], *failed: str) -> Account:
    return Account.draw_up(ACCEPTED, items, Failures.from_export(make_export_line(text) for text in failed))


@pytest.mark.parametrize(
    "balanced",
    [
        account([ONE, TWO]),
        account([ONE], "two"),
        account([ONE, ("t", "2", STORED_BEFORE)], "two"),
    ],
)
def test_an_account_is_balanced_if_each_log_is_stored_or_in_failures(balanced: Account) -> None:
    assert balanced.is_balanced
    assert balanced.stored + balanced.failed == 2


def test_a_log_that_is_found_nowhere_counts_as_lost() -> None:
    assert account([ONE]).lost == 1
    assert not account([ONE]).is_balanced


@pytest.mark.parametrize(
    "unbalanced",
    [
        account([ONE, TWO, ("t", "3", "one")]),
        account([("t", "3", "one"), TWO]),
        account([ONE, TWO], "two"),
        account([ONE], "two", "two"),
    ],
    ids=["two ids", "another id", "in failures too", "in failures twice"],
)
def test_a_log_in_two_records_or_messages_counts_as_duplicated(unbalanced: Account) -> None:
    assert unbalanced.duplicated == 1
    assert not unbalanced.is_balanced


def test_a_stored_text_that_nobody_sent_counts_as_altered() -> None:
    assert account([ONE, TWO, ("t", "3", "three")]).altered == 1
    assert not account([ONE, TWO, ("t", "3", "three")]).is_balanced


def test_poison_is_identified_by_number_and_kind() -> None:
    bodies = list(make_poison(2 * len(KINDS), random.Random(1)))

    found = [identify_poison(body) for body in bodies]

    assert [number for number, _ in filter(None, found)] == list(range(len(bodies)))
    assert sorted(kind for _, kind in filter(None, found)) == sorted([*KINDS, *KINDS])
    assert identify_poison(json.loads(make_export_line("a log"))["body"]) is None
