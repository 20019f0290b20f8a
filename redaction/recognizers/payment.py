"""Payment card numbers: issuer prefix and length, then the Luhn check digit."""

import re

from redaction.boundaries import NUMBER_END, NUMBER_START
from redaction.recognizer import Recognizer

# ISO/IEC 7812-1 issuer prefixes and lengths, as the networks publish them: Visa, Mastercard (51-55 and 2221-2720),
# American Express, Discover, Diners Club, JCB, UnionPay. Epochs in ms, us or ns start with 1, like none of them.
_ISSUER = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"
    r"|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}"
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12,15}"
    r"|(?:30[0-5]\d|3095|36\d\d|3[89]\d\d)\d{10,15}"
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"
    r"|62\d{14,17}",
    re.ASCII,
)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def _passes_luhn(number: str) -> bool:
    """ISO/IEC 7812-1 annex B: double every second digit from the right, sum the digits, a multiple of ten."""
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(_DOUBLED[digit] for digit in digits[1::2])) % 10 == 0


def _is_card(match: re.Match[str]) -> bool:
    number = match.group().replace(" ", "").replace("-", "")
    return bool(_ISSUER.fullmatch(number)) and _passes_luhn(number)


def _written(shape: str) -> re.Pattern[str]:
    return re.compile(NUMBER_START + shape + NUMBER_END, re.ASCII)


# Each shape by itself, so that "4111 1111 1111 1111 123" is tried as a card and a security code too.
RECOGNIZERS = (
    Recognizer(
        name="card_digits",
        entity="CREDIT_CARD",
        gate=r"[0-9]{12}",
        pattern=_written(r"\d{13,19}"),
        validate=_is_card,
        positive=(
            ("card 4111111111111111 declined", "4111111111111111"),
            ("4222222222222", "4222222222222"),
            ("card=5555555555554444", "5555555555554444"),
            ("2223003122003222", "2223003122003222"),
            ("378282246310005", "378282246310005"),
            ("6011111111111117", "6011111111111117"),
            ("30569309025904", "30569309025904"),
            ("3530111333300000", "3530111333300000"),
            ("6200000000000005", "6200000000000005"),
        ),
        negative=(
            "4111111111111112",
            "1111111111111117",
            "1700000000000",
            "1700000000000000",
            "1700000000000000000",
            "0.4111111111111111",
            "4111111111111111.5",
            "a4111111111111111",
            "4111111111111111f",
            "41111111111111111111",
            "4111111111111111-2222",
            "4111-4111111111111111",
        ),
    ),
    Recognizer(
        name="card_groups",
        entity="CREDIT_CARD",
        gate=r"[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{2}",
        pattern=_written(r"\d{4}([ -])\d{4}\1\d{4}\1\d{2,4}"),
        validate=_is_card,
        positive=(
            ("card=4706-9182-5093-9800 amount=651.00", "4706-9182-5093-9800"),
            ("4111 1111 1111 1111 123", "4111 1111 1111 1111"),
            ("1234 4111 1111 1111 1111", "4111 1111 1111 1111"),
            ("3714 4963 5398 431", "3714 4963 5398 431"),
            ("3852 0000 0232 37", "3852 0000 0232 37"),
        ),
        negative=(
            "4111-1111 1111-1111",
            "4111-1111-1111-1112",
            "4111-1111-1111-1111-1111",
            "6fa1-4111-1111-1111-1111",
            "4111.1111.1111.1111",
        ),
    ),
    Recognizer(
        name="card_groups_19",
        entity="CREDIT_CARD",
        gate=r"(?:[0-9]{4}[ -]){4}[0-9]{3}",
        pattern=_written(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}\1\d{3}"),
        validate=_is_card,
        positive=(("6200 0000 0000 0000 000", "6200 0000 0000 0000 000"),),
        negative=("4111 1111 1111 1111 123",),
    ),
    Recognizer(
        name="card_amex",
        entity="CREDIT_CARD",
        gate=r"[0-9]{4}[ -][0-9]{6}[ -][0-9]{4}",
        pattern=_written(r"\d{4}([ -])\d{6}\1\d{4,5}"),
        validate=_is_card,
        positive=(
            ("card=3782 822463 10005 ok", "3782 822463 10005"),
            ("3056-930902-5904", "3056-930902-5904"),
        ),
        negative=("3782 822463-10005", "3782-822463-10006", "2024 010112 30450"),
    ),
)
