"""Encoded values are decoded, with offsets that lead back to the text."""

import pytest

from redaction import Redactor
from redaction.structured.encodings import decode_escapes, decode_percent

REDACTOR = Redactor()


def test_escapes_are_decoded_with_the_offsets_they_came_from() -> None:
    text = r'{"m": "a\n\u00e9b"}'

    decoded, origins = decode_escapes(text, 7, 17)

    assert decoded == "a\néb"
    assert origins == [7, 8, 10, 16, 17]


def test_url_encoding_is_decoded_with_the_offsets_it_came_from() -> None:
    assert decode_percent("a%40b%C3") == ("a@b%C3", [0, 1, 4, 5, 6, 7, 8])
    assert decode_percent("100% done") is None


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("GET /a?card=4111%201111%201111%201111&x=1", "GET /a?card=[CREDIT_CARD]&x=1"),
        ("to%3D%22a%40b.co%22", "to%3D%22[EMAIL]%22"),
        ("to=a%2540b.co", "to=[EMAIL]"),
        ("100%25 done 10%20x", "100%25 done 10%20x"),
    ],
)
def test_values_in_url_encoding_are_found(text: str, redacted: str) -> None:
    assert REDACTOR.redact(text).text == redacted


def test_only_a_few_nested_encodings_are_decoded() -> None:
    text = "%" + "25" * 8000 + " a@b.co"

    assert REDACTOR.redact(text).text == "%" + "25" * 8000 + " [EMAIL]"
