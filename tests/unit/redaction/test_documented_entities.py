"""docs/redaction.md and docs/policies.md agree with the engine."""

import json
import re
from typing import get_args

import pytest

from redaction import Policy, Redactor
from redaction.policy import ENTITIES, Action
from redaction.recognizers import RECOGNIZERS
from settings import ROOT

PAGE = (ROOT / "docs" / "redaction.md").read_text()
POLICIES = (ROOT / "docs" / "policies.md").read_text()
ROWS = re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \| .* \| `(.*)` \|$", PAGE, re.MULTILINE)
BEFORE_AND_AFTER = re.findall(r"^\| `(.*)` \| `(.*)` \|$", PAGE.partition("## Try it")[0], re.MULTILINE)
NOT_FOUND = re.findall(
    r"^\| [a-z].* \| `(.*)` \|$", PAGE.partition("## Limits")[2].partition("## Speed")[0], re.MULTILINE
)


def test_the_table_lists_every_entity_once_in_order() -> None:
    assert [entity for entity, _ in ROWS] == [*ENTITIES], "add or move the row in the table of docs/redaction.md"


@pytest.mark.parametrize(("entity", "line"), ROWS, ids=[entity for entity, _ in ROWS])
def test_an_example_holds_one_entity_only(entity: str, line: str) -> None:
    assert {found.type for found in Redactor().redact(line).entities} == {entity}


def test_the_page_states_how_many_recognizers_there_are() -> None:
    assert re.findall(r"^([0-9]+) recognizers", PAGE, re.MULTILINE) == [str(len(RECOGNIZERS))]


def test_an_example_line_is_redacted_as_the_page_shows() -> None:
    assert len(BEFORE_AND_AFTER) == 3
    for before, after in BEFORE_AND_AFTER:
        assert Redactor().redact(before).text == after


def test_the_stated_limits_are_true() -> None:
    assert len(NOT_FOUND) == 7
    assert [line for line in NOT_FOUND if Redactor().redact(line).entities] == []


def test_the_policy_on_the_page_redacts_as_the_page_states() -> None:
    document = json.loads(re.search(r"```json\n(.*?)```", POLICIES, re.DOTALL)[1])
    del document["original"], document["retention_days"]  # of the store, not of the engine
    redactor = Redactor(Policy.from_json(json.dumps(document)), hash_key=b"k" * 32)

    assert re.fullmatch(r"\[EMAIL:[0-9a-f]{8}\]", redactor.redact("joe@example.com").text)
    assert redactor.redact("10.0.0.1 noreply@example.com B-12345").text == "10.0.0.1 noreply@example.com B-[BADGE]"
    assert redactor.redact("ssn 123-45-6789").dropped


def test_the_page_lists_every_action() -> None:
    actions = POLICIES.partition("## Actions")[2].partition("## Allowed")[0]

    assert sorted(re.findall(r"^\| `([a-z]+)` \|", actions, re.MULTILINE)) == sorted(get_args(Action))
