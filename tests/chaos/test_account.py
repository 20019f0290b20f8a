"""The account of `make chaos` finds what is lost, what is there twice, and what nobody sent."""

import base64
import json
import random

import pytest

from tests.chaos.account import Account, Failures
from tests.chaos.aws import STORED_BEFORE
from tests.chaos.poison import KINDS, poison, read

ACCEPTED = {("t", "one"): "1", ("t", "two"): "2"}
ONE, TWO = ("t", "1", "one"), ("t", "2", "two")


def exported(text: str, reason: str = "conflict") -> str:
    """A line of `flask failures export`."""
    content = json.dumps([[{"tenant_id": "t", "logs": [{"log_id": "x", "original_text": text}]}], {}, {}])
    return json.dumps({"reason": reason, "body": json.dumps({"body": base64.b64encode(content.encode()).decode()})})


def account(items: list[tuple[str, str, str]], *failed: str) -> Account:
    return Account.of(ACCEPTED, items, Failures.of(exported(text) for text in failed))


@pytest.mark.parametrize(
    "balanced",
    [
        account([ONE, TWO]),
        account([ONE], "two"),
        account([ONE, ("t", "2", STORED_BEFORE)], "two"),
    ],
)
def test_each_log_is_stored_or_in_failures(balanced: Account) -> None:
    assert balanced.balances
    assert balanced.stored + balanced.failed == 2


def test_a_lost_log() -> None:
    assert account([ONE]).lost == 1
    assert not account([ONE]).balances


@pytest.mark.parametrize(
    "twice",
    [
        account([ONE, TWO, ("t", "3", "one")]),
        account([("t", "3", "one"), TWO]),
        account([ONE, TWO], "two"),
        account([ONE], "two", "two"),
    ],
    ids=["two ids", "another id", "in failures too", "in failures twice"],
)
def test_a_log_that_is_there_twice(twice: Account) -> None:
    assert twice.duplicated == 1
    assert not twice.balances


def test_a_text_that_nobody_sent() -> None:
    assert account([ONE, TWO, ("t", "3", "three")]).altered == 1
    assert not account([ONE, TWO, ("t", "3", "three")]).balances


def test_poison_is_found_again() -> None:
    bodies = list(poison(2 * len(KINDS), random.Random(1)))

    found = [read(body) for body in bodies]

    assert [number for number, _ in filter(None, found)] == list(range(len(bodies)))
    assert sorted(kind for _, kind in filter(None, found)) == sorted([*KINDS, *KINDS])
    assert read(json.loads(exported("a log"))["body"]) is None
