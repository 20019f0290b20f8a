"""The engine through its public interface."""

import pytest

from redaction import Entity, Redaction, Redactor

REDACTOR = Redactor()


def test_a_value_is_replaced_by_a_token() -> None:
    assert REDACTOR.redact("Customer 555-123-4567 logged in") == Redaction(
        "Customer [PHONE] logged in", (Entity("PHONE", 9, 21),)
    )


def test_one_line_may_hold_every_entity() -> None:
    line = "a@b.co 10.0.0.1 123-45-6789 4111-1111-1111-1111 (555) 123-4567 [2001:db8::1]:443"
    assert REDACTOR.redact(line).text == "[EMAIL] [IP_ADDRESS] [US_SSN] [CREDIT_CARD] [PHONE] [[IP_ADDRESS]]:443"


def test_offsets_count_code_points_in_the_original() -> None:
    text = "🙂 é 10.0.0.1 a@b.co"
    entities = REDACTOR.redact(text).entities
    assert [(entity.type, text[entity.start : entity.end]) for entity in entities] == [
        ("IP_ADDRESS", "10.0.0.1"),
        ("EMAIL", "a@b.co"),
    ]


def test_a_text_without_personal_data_stays_unchanged() -> None:
    assert REDACTOR.redact("all quiet") == Redaction("all quiet", ())


def test_a_batch_is_redacted_in_order() -> None:
    assert [redaction.text for redaction in REDACTOR.redact_batch(["a@b.co", "", "x 10.0.0.1"])] == [
        "[EMAIL]",
        "",
        "x [IP_ADDRESS]",
    ]


def test_overlapping_values_become_one_that_covers_both() -> None:
    # A phone number whose end is also the start of an e-mail address.
    text = "call (555) 123-4567@example.com now"
    redaction = REDACTOR.redact(text)
    assert redaction.text == "call [EMAIL] now"
    assert redaction.entities == (Entity("EMAIL", 5, 31),)


def test_the_longest_overlapping_value_names_the_entity() -> None:
    assert REDACTOR.redact("::ffff:10.0.0.1").entities == (Entity("IP_ADDRESS", 0, 15),)
    assert REDACTOR.redact("555-123-4567@example.com").text == "[EMAIL]"


def test_a_value_hidden_only_by_a_neighbour_is_found_too() -> None:
    assert REDACTOR.redact("10.0.0.1+14155552671+14155552671").text == "[IP_ADDRESS][PHONE][PHONE]"


def test_values_that_hide_each_other_are_found_along_the_whole_text() -> None:
    assert REDACTOR.redact("+14155552671" * 1000).text == "[PHONE]" * 1000


def test_tokens_in_the_input_are_left_and_hide_nothing() -> None:
    assert REDACTOR.redact("[EMAIL]a@b.co [PHONE]").text == "[EMAIL][EMAIL] [PHONE]"


@pytest.mark.parametrize("noise", ["\ud800", "\udfff", "\0", "🙂", "\n", "\u202e", "\U0010ffff"])
def test_any_str_is_accepted_and_all_other_characters_are_kept(noise: str) -> None:
    assert REDACTOR.redact(f"{noise} 10.0.0.1 {noise}").text == f"{noise} [IP_ADDRESS] {noise}"


# Repetitions that make an unbounded pattern backtrack. The default timeout of the suite is the only clock.
HOSTILE = [
    "::::", "1.1.", "a.a.a", "a@a@", "7", "+", "(((", "1-", "1:", "f:", "%40", "a%40", "%41", "a'", "'", "-", "a-a@a-",
    "4111 1111 1111 1111 ", "4111", "555-123-", "+1 (", "+4 4 4", "ab:", "::1", "a@b.c", "1.1.1.1.", "fe80::1%",
    "a@b.co", "+14155552671", "(555) 123-4567", "10.0.0.1+14155552671",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("tail", ["", "!", "@", "\x00"])
def test_redacting_a_hostile_text_twice_changes_nothing(piece: str, tail: str) -> None:
    text = (piece * 16384)[:16384] + tail
    once = REDACTOR.redact(text).text
    assert REDACTOR.redact(once).text == once
