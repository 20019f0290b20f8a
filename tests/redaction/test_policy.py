"""Which entities a policy replaces, and what it refuses."""

from typing import cast

import pytest

from redaction import Policy, Redactor
from redaction.policy import Action

LINE = "a@b.co called 555-123-4567 from 10.0.0.1"


def test_everything_is_replaced_by_default() -> None:
    assert Redactor(Policy()).redact(LINE).text == "[EMAIL] called [PHONE] from [IP_ADDRESS]"


def test_a_kept_entity_stays_and_is_not_reported() -> None:
    redaction = Redactor(Policy({"IP_ADDRESS": "keep", "PHONE": "token"})).redact(LINE)
    assert redaction.text == "[EMAIL] called [PHONE] from 10.0.0.1"
    assert [entity.type for entity in redaction.entities] == ["EMAIL", "PHONE"]


def test_a_value_inside_a_kept_one_is_still_replaced() -> None:
    assert Redactor(Policy({"EMAIL": "keep"})).redact("555-123-4567@example.com").text == "[PHONE]@example.com"


def test_an_unknown_entity_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'SHOE_SIZE'.*CREDIT_CARD, EMAIL, IP_ADDRESS, PHONE, US_SSN"):
        Policy({"SHOE_SIZE": "keep"})


def test_an_unknown_action_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'shred' for EMAIL.*token, keep"):
        Policy({"EMAIL": cast(Action, "shred")})


def test_a_policy_does_not_follow_changes_of_the_mapping_it_was_made_from() -> None:
    actions: dict[str, Action] = {"EMAIL": "keep"}
    policy = Policy(actions)
    actions["EMAIL"] = "token"
    assert not policy.replaces("EMAIL")
