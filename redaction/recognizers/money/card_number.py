"""Payment card numbers: issuer prefix and length, then the Luhn check digit."""

import re

from redaction.fragments.boundaries import GATE_DIGIT_START, GATE_END, NUMBER_END
from redaction.fragments.context import Context
from redaction.fragments.labelled import labelled_gate
from redaction.fragments.numbers import LONG_NUMBER_GATE, has_other_label, passes_luhn, starts_number
from redaction.recognizer import Recognizer

# ISO/IEC 7812-1 issuer prefixes and lengths, as the networks publish them. A number with one of these
# needs no word beside it. Lengths that other identifiers often have (13, 17 to 19) need a card's name beside them.
# No issuer prefix starts with 1, as epochs in ms, us or ns do.
_ISSUER = re.compile(
    r"4\d{15}"  # Visa
    r"|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12}"  # Discover; Elo, RuPay and Troy share 65
    r"|(?:30[0-5]|309|36\d|3[89]\d)(?:\d{11}|\d{13})"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|62\d{14}"  # UnionPay
    r"|(?:50(?:18|20|38)|5[68]\d\d|6304|6759|676[1-3])\d{12}"  # Maestro
    r"|5019\d{12}"  # Dankort
    r"|220[0-4]\d{12}"  # Mir
    r"|(?:50(?:6[67]|9\d)|6277|636[23])\d{12}"  # Elo
    r"|(?:508[5-9]|606[2-9]|607\d|608[0-5])\d{12}"  # RuPay; Hipercard is 6062
    r"|50(?:60|61)\d{12}"  # Verve
    r"|63(?:31|34|[7-9]\d)\d{12}",  # Solo, Switch, InstaPayment
    re.ASCII,
)
# Beside the name of a card: Maestro from 12 digits on, Visa of 13, all up to 19; UATP and JCB of 15; the national
# schemes from 8 and 9 on (RuPay, UzCard, Humo, Troy).
_NAMED_ISSUER = re.compile(r"[3-6]\d{11,18}|1\d{14}|2131\d{11}|2[2-7]\d{14}|[89]\d{15}", re.ASCII)
_NO_DIGIT = str.maketrans("", "", " -+")

_CARD = Context(
    (
        *("card", "cards", "card number", "card no", "card num", "card nr", "cardholder", "credit card", "debit card"),
        *("cc num", "cc no", "cc number", "pan number", "pan no", "primary account number", "creditcard number"),
        *("visa", "mastercard", "master card", "amex", "american express", "maestro", "jcb", "diners", "union pay"),
        *("rupay", "kreditkarte", "kartennummer", "karte", "carte", "tarjeta", "cartao", "karta", "visa card"),
    )
)


def _get_digits(match: re.Match[str]) -> str:
    return match.group().replace("%20", "").translate(_NO_DIGIT)


def _is_card(match: re.Match[str]) -> bool:
    number = _get_digits(match)
    return bool(_ISSUER.fullmatch(number)) and passes_luhn(number) and starts_number(match)


def _is_bare_card(match: re.Match[str]) -> bool:
    return _is_card(match) and not has_other_label(match)


def _is_named_card(match: re.Match[str]) -> bool:
    number = _get_digits(match)
    return (
        bool(_NAMED_ISSUER.fullmatch(number))
        and passes_luhn(number)
        and starts_number(match)
        and not has_other_label(match)
    )


def _is_cc(match: re.Match[str]) -> bool:
    return bool(_NAMED_ISSUER.fullmatch(match["value"])) and passes_luhn(match["value"])


def _is_long_card(match: re.Match[str]) -> bool:
    number = _get_digits(match)
    return number[0] in "3456" and passes_luhn(number) and starts_number(match)


def _compile(shape: str) -> re.Pattern[str]:
    return re.compile(shape + NUMBER_END, re.ASCII)


# A lookbehind behind the first digit is faster: `re` searches for the digit first. No digit or letter may stand before
# it, unless that is the end of an escape such as %20.
_RUN_START = r"(?:(?<!\d.)|(?<=%[2-7]\d.))"
_JOIN = r"([ +-]|%20)"
_GATE_JOIN = r"(?:[ +-]|%20)"

# Each shape is a recognizer of its own, so that "4111 1111 1111 1111 123" is tried as a card and a security code too.
RECOGNIZERS = (
    Recognizer(
        name="card_digits",
        entity="CREDIT_CARD",
        gate=LONG_NUMBER_GATE,
        gate_kind="prefixes",
        pattern=_compile(rf"[2-6]{_RUN_START}\d{{13,15}}+"),
        validate=_is_bare_card,
        max_lead=0,
        positive=(
            ("charge 4111111111111111 declined", "4111111111111111"),
            ("pay=5555555555554444", "5555555555554444"),
            ('{"msg":"paid","pan":"2223003122003222"}', "2223003122003222"),
            ("378282246310005", "378282246310005"),
            ("6011111111111117", "6011111111111117"),
            ("30569309025904", "30569309025904"),
            ("3530111333300000", "3530111333300000"),
            ("6200000000000005", "6200000000000005"),
            ("2200000000000004", "2200000000000004"),
            ("5019717010103742", "5019717010103742"),
            ("6759649826438453", "6759649826438453"),
            (r"body={\"number\":\"4242424242424242\"}", "4242424242424242"),
        ),
        negative=(
            "4111111111111112",
            "1111111111111117",
            "4222222222222",
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
            "order_id=4111111111111111",
            '"orderId":"4111111111111111"',
            "batch 4111111111111111 closed",
            "GET /v1/orders/4111111111111111",
            "Received block blk_4568377692254637284",
        ),
    ),
    Recognizer(
        name="card_named",
        entity="CREDIT_CARD",
        gate=labelled_gate(_CARD.words),
        gate_kind="words",
        pattern=_compile(r"\d(?:\d{11,18}|\d{7}[ -]\d{8}|\d{3}[ -]\d{4}[ -]\d{4}[ -]\d{1,7})"),
        validate=_is_named_card,
        context=_CARD,
        max_lead=0,
        positive=(
            ("card=4222222222222", "4222222222222"),
            ("What is the limit for card 584528792610?", "584528792610"),
            ('"cardNumber": "4030874397740603788"', "4030874397740603788"),
            ("my credit card: 122000000000003", "122000000000003"),
            ("CARD_NO: 40128888 88881881", "40128888 88881881"),
            ("card_id=4111111111111111", "4111111111111111"),
            ("rupay 8171999900000018", "8171999900000018"),
        ),
        negative=(
            "card 1700000000000",
            "discarded 4222222222222",
            "card declined, order 4222222222222",
            "card 584528792611",
            "sku 4222222222222",
        ),
    ),
    Recognizer(
        name="card_cc",
        entity="CREDIT_CARD",
        gate=r"(?i:cc)[ #:=]{1,3}[0-9]",
        gate_kind="words",
        pattern=re.compile(rf"(?<![A-Za-z])(?i:cc)[ #:=]{{1,3}}(?P<value>\d{{12,19}}){NUMBER_END}", re.ASCII),
        validate=_is_cc,
        positive=(("cc 180016070420458 blocked", "180016070420458"), ("cc: 4047737215142", "4047737215142")),
        negative=("gcc 4047737215142", "cc 4047737215143", "cc=1700000000000"),
    ),
    Recognizer(
        name="card_groups",
        entity="CREDIT_CARD",
        gate=rf"[0-9]{{4}}{_GATE_JOIN}[0-9]{{4}}{_GATE_JOIN}[0-9]{{4}}{_GATE_JOIN}[0-9]{{2,4}}{GATE_END}",
        gate_kind="shapes",
        pattern=_compile(rf"\d{{4}}{_JOIN}\d{{4}}\1\d{{4}}\1\d{{2,4}}"),
        validate=_is_card,
        starts_at_gate=True,
        positive=(
            ("card=4706-9182-5093-9800 amount=651.00", "4706-9182-5093-9800"),
            ("4111 1111 1111 1111 123", "4111 1111 1111 1111"),
            ("1234 4111 1111 1111 1111", "4111 1111 1111 1111"),
            ("3714 4963 5398 431", "3714 4963 5398 431"),
            ("3852 0000 0232 37", "3852 0000 0232 37"),
            ("POST number=4111+1111+1111+1111&exp=1227", "4111+1111+1111+1111"),
            ("GET /pay?number=4111%201111%201111%201111&x=1", "4111%201111%201111%201111"),
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
        gate_kind="shapes",
        pattern=_compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}\1\d{3}"),
        validate=_is_long_card,
        starts_at_gate=True,
        positive=(("6200 0000 0000 0000 000", "6200 0000 0000 0000 000"),),
        negative=("4111 1111 1111 1111 123",),
    ),
    Recognizer(
        name="card_amex",
        entity="CREDIT_CARD",
        gate=rf"{GATE_DIGIT_START}[0-9]{{4}}{_GATE_JOIN}[0-9]{{6}}{_GATE_JOIN}[0-9]{{4}}",
        gate_kind="shapes",
        pattern=_compile(rf"3\d{{3}}{_JOIN}\d{{6}}\1\d{{4,5}}"),
        validate=_is_card,
        max_lead=0,
        positive=(
            ("card=3782 822463 10005 ok", "3782 822463 10005"),
            ("3056-930902-5904", "3056-930902-5904"),
            ("number=3782%20822463%2010005", "3782%20822463%2010005"),
        ),
        negative=("3782 822463-10005", "3782-822463-10006", "2024 010112 30450"),
    ),
)
