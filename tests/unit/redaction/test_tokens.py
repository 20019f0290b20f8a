"""Tokens replace entities, and blanked texts keep their length."""

import re

from redaction.result import Entity
from redaction.tokens import TokenWriter

WRITER = TokenWriter(re.compile(r"\[(?:EMAIL|PHONE)\]"), lambda entity, _value: f"[{entity.type}]")


def test_a_blanked_text_keeps_length_and_everything_but_tokens() -> None:
    assert WRITER.blank("to [EMAIL], [1]") == ("to [_____], [1]", [(3, 10)])
    assert WRITER.blank("to nobody") == ("to nobody", [])


def test_replaced_entities_and_earlier_tokens_are_blanked() -> None:
    redacted = WRITER.replace_entities("a@b.co [PHONE] x", [Entity("EMAIL", 0, 6)])

    assert redacted.text == "[EMAIL] [PHONE] x"
    assert redacted.blanked == "[_____] [_____] x"
    assert redacted.tokens == [(0, 7), (8, 15)]


def test_a_json_number_is_replaced_by_a_string() -> None:
    redacted = WRITER.replace_entities("[5551234567]", [Entity("PHONE", 1, 11, quoted=True)])

    assert redacted.text == '["[PHONE]"]'
    assert redacted.tokens == [(2, 9)]


def test_entities_in_a_redacted_text_get_offsets_into_the_original() -> None:
    text = "a@b.co calls 10.0.0.1 now"
    redacted = WRITER.replace_entities(text, [Entity("EMAIL", 0, 6)])
    start = redacted.text.index("10.0.0.1")

    entity = redacted.to_original(Entity("IP_ADDRESS", start, start + 8))

    assert text[entity.start : entity.end] == "10.0.0.1"
