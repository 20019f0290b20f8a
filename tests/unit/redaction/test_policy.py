"""Which entities a policy replaces, and what it refuses."""

import re
from typing import cast

import pytest

from redaction import Policy, Redactor
from redaction.custom import CustomPattern
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
    with pytest.raises(ValueError, match=r"'SHOE_SIZE'.*CREDIT_CARD.*EMAIL.*IP_ADDRESS.*PHONE.*US_SSN"):
        Policy({"SHOE_SIZE": "keep"})


def test_an_unknown_action_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'shred' for EMAIL.*token, partial, hash, drop, keep"):
        Policy({"EMAIL": cast(Action, "shred")})


def test_a_policy_ignores_later_changes_to_the_mapping_given() -> None:
    actions: dict[str, Action] = {"EMAIL": "keep"}
    policy = Policy(actions)
    actions["EMAIL"] = "token"
    assert not policy.replaces("EMAIL")


def test_partial_shows_the_last_four_characters_in_long_values_only() -> None:
    redactor = Redactor(Policy({"CREDIT_CARD": "partial", "EMAIL": "partial"}))

    assert redactor.redact("4111-1111-1111-1111 a@b.co").text == "[CREDIT_CARD:*1111] [EMAIL]"


def test_a_hash_is_the_same_in_every_notation() -> None:
    redactor = Redactor(Policy({"EMAIL": "hash", "CREDIT_CARD": "hash"}), b"key of the tenant")

    (ada, again, other) = redactor.redact("Ada@Example.com ada@example.com bob@example.com").text.split()
    cards = redactor.redact("4111-1111-1111-1111 and 4111 1111 1111 1111").text.split(" and ")

    assert re.fullmatch(r"\[EMAIL:[0-9a-f]{8}\]", ada)
    assert ada == again != other
    assert cards[0] == cards[1]
    assert Redactor(Policy({"EMAIL": "hash"}), b"key of another").redact("ada@example.com").text != ada


def test_hashes_without_a_key_are_refused() -> None:
    with pytest.raises(ValueError, match="needs the tenant's key"):
        Redactor(Policy({"EMAIL": "hash"}))


def test_a_dropped_record_has_no_text_left() -> None:
    redaction = Redactor(Policy({"US_SSN": "drop"})).redact("ssn 123-45-6789 of a@b.co")

    assert redaction.dropped
    assert redaction.text == ""
    assert redaction.counts == {"US_SSN": 1, "EMAIL": 1}


def test_allowed_values_stay() -> None:
    redactor = Redactor(Policy(allow=("10.0.0.0/8", "noreply@example.com", "2001:db8::/32")))

    text = redactor.redact("10.1.2.3 11.1.2.3 noreply@example.com a@b.co 2001:db8::1").text
    assert text == "10.1.2.3 [IP_ADDRESS] noreply@example.com [EMAIL] 2001:db8::1"


def test_a_tenants_own_pattern_replaces_the_first_group() -> None:
    policy = Policy(custom=(CustomPattern("EMPLOYEE_ID", r"\bE-(\d{6})\b"),))

    redaction = Redactor(policy).redact("é\ud800 E-123456 E-1234567 a@b.co")

    assert redaction.text == "é\ud800 E-[EMPLOYEE_ID] E-1234567 [EMAIL]"
    assert Redactor(policy).redact(redaction.text).text == redaction.text


def test_a_policy_survives_json() -> None:
    document = '{"actions":{"EMAIL":"hash"},"allow":["10.0.0.0/8"],"custom":[{"entity":"BADGE","pattern":"B[0-9]{4}"}]}'

    assert Policy.from_json(document).to_json() == document


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "not a policy"),
        ('{"action": {}}', "unknown field `action`"),
        ('{"actions": {"EMAIL": "shred"}}', "EMAIL|enum"),
        ('{"custom": [{"entity": "badge", "pattern": "x"}]}', "not an entity name"),
        ('{"custom": [{"entity": "BADGE", "pattern": "(x"}]}', "RE2 rejects the pattern.*missing"),
        ('{"custom": [{"entity": "BADGE", "pattern": "(?=x)"}]}', "RE2 rejects the pattern"),
        ('{"custom": [{"entity": "BADGE", "pattern": "x*"}]}', "matches the empty text"),
        ('{"custom": [{"entity": "BADGE"}]}', "missing required field `pattern`"),
        ('{"allow": [5]}', "Expected `str`, got `int`"),
    ],
)
def test_an_invalid_policy_is_refused_with_the_reason(document: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Policy.from_json(document)
