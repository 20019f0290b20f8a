"""National bank accounts, known by their label.

ABA routing numbers, sort codes, IFSC codes, account numbers.
"""

import re

from stdnum.us import rtn

from redaction.fragments.boundaries import DIGIT_START, GATE_END, NUMBER_END
from redaction.fragments.context import Context, word_gate
from redaction.fragments.labelled import labelled_gate, labelled_pattern
from redaction.recognizer import Recognizer

_ROUTING_WORDS = (
    *("routing", "routing number", "routing no", "routing num", "routing transit number", "bank routing", "aba", "rtn"),
    *("aba number", "aba routing", "aba routing number", "aba rtn", "ach routing", "wire routing", "transit number"),
    *("aba no", "aba code", "routing transit", "routing #", "fedwire", "bank routing number", "bank code"),
)
# "account" alone may be a customer's, a ledger's or a cloud's account.
_ACCOUNT_WORDS = (
    *("account number", "account no", "account num", "account nr", "acct number", "acct no", "acct num", "acct nr"),
    *("account#", "acct#", "account #", "acct #", "bank account", "bank acct", "checking account", "checking acct"),
    *("savings account", "savings acct", "deposit account", "beneficiary account", "debit account", "credit account"),
    *("payee account", "payer account", "creditor account", "debtor account", "bank account number", "bank acct no"),
    *("bank account no", "checking account number", "savings account number", "beneficiary account number", "a/c no"),
    *("kontonummer", "kontonr", "numero de cuenta", "clabe", "nuban", "direct deposit account"),
)
_PLAIN_ACCOUNT_WORDS = ("account", "acct", "a/c", "acc", "acc no")
_BANK_WORDS = (
    *("routing", "routing number", "routing no", "sort code", "swift code", "direct deposit", "wire transfer", "ifsc"),
    *("transit number", "bank code", "bank name", "bank transfer", "iban", "ach transfer", "ach debit", "ach credit"),
)
_SHORT_BANK_WORDS = ("aba", "rtn", "bic", "bsb", "swift", "bacs", "sepa")
_SORT_CODE_WORDS = ("sort code", "sort code number", "sortcode", "bank sort code", "bsb", "bsb number", "bsb code")
_IFSC_WORDS = ("ifsc", "ifsc code", "ifsc no")


def _is_routing_number(match: re.Match[str]) -> bool:
    """Check the check digit and the Federal Reserve's prefix.

    ABA, "Routing Number Policy".
    """
    number = match["value"].replace("-", "").replace(" ", "")
    prefix = int(number[:2])
    is_federal = prefix <= 12 or 21 <= prefix <= 32 or 61 <= prefix <= 72 or prefix == 80
    return bool(is_federal and number.strip("0") and rtn.is_valid(number))


_ACCOUNT_NUMBER = rf"(?:[A-Z]{{1,4}}-?)?\d{{1,6}}(?:[- ]?\d{{2,8}}){{1,4}}{NUMBER_END}"


def _has_account_length(match: re.Match[str]) -> bool:
    """Accept 6 to 18 digits.

    Nacha Operating Rules, appendix three: up to 17 characters. Less than six are the end of a number.
    """
    value: str = match["value"]
    return 6 <= sum(sign.isdigit() for sign in value) <= 18


RECOGNIZERS = (
    Recognizer(
        name="aba_routing_number",
        entity="US_BANK",
        gate=labelled_gate(_ROUTING_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(
            _ROUTING_WORDS, rf"(?:\d{{9}}|\d{{4}}-\d{{4}}-\d|\d{{3}} \d{{3}} \d{{3}}){NUMBER_END}", re.ASCII
        ),
        validate=_is_routing_number,
        starts_at_gate=True,
        positive=(
            ("wire routing=012967050 account ending 468 status=ok", "012967050"),
            ('"routingNumber":"314074269"', "314074269"),
            ("ABA# 021000021 posted", "021000021"),
            ("bank_routing_no: 1210-0035-8", "1210-0035-8"),
        ),
        negative=(
            "routing number: 314074268",
            "routing_key=314074269",
            "routing to 314074269",
            "Alibaba 021000021",
            "routing: 421042111",
            "routing=000000000",
        ),
    ),
    Recognizer(
        name="aba_routing_hyphens",
        entity="US_BANK",
        gate=rf"[0-9]{{4}}-[0-9]{{4}}-[0-9]{GATE_END}",
        gate_kind="shapes",
        pattern=re.compile(rf"{DIGIT_START}(?P<value>\d{{4}}-\d{{4}}-\d){NUMBER_END}", re.ASCII),
        validate=_is_routing_number,
        starts_at_gate=True,
        positive=(("3222-7162-7", "3222-7162-7"),),
        negative=("1234-0000-0", "3222-7162-8", "3222-7162-71", "1-3222-7162-7", "3222-7162-7-1"),
    ),
    Recognizer(
        name="bank_account_labelled",
        entity="US_BANK",
        gate=labelled_gate(_ACCOUNT_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_ACCOUNT_WORDS, _ACCOUNT_NUMBER, re.ASCII),
        validate=_has_account_length,
        starts_at_gate=True,
        positive=(
            ('"accountNumber":"000123456789"', "000123456789"),
            ("Account No: 12-3456-7890123-00", "12-3456-7890123-00"),
            ("bank_account=945456787654", "945456787654"),
            ("acct# 945456787654 debited", "945456787654"),
            ("checking account 945456787654", "945456787654"),
            ("beneficiary_account_number: 31926819", "31926819"),
        ),
        negative=(
            "account 175033073 balance 533291.80",
            "account_id=175033073",
            "account number ending 468",
            "account number: 1234",
            "checking 20240101 files",
        ),
    ),
    Recognizer(
        name="bank_account_beside_bank",
        entity="US_BANK",
        gate=word_gate(_BANK_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_PLAIN_ACCOUNT_WORDS, _ACCOUNT_NUMBER, re.ASCII),
        validate=_has_account_length,
        context=Context(_BANK_WORDS, after=48),
        positive=(
            ("routing=021000021x acct=945456787654 ok", "945456787654"),
            ('{"account":"31926819","sortCode":"n/a"}', "31926819"),
        ),
        negative=("account=945456787654", "routing account ending 468", "account 175033073 reached"),
    ),
    Recognizer(
        name="bank_account_behind_bank",
        entity="US_BANK",
        gate=labelled_gate(_SHORT_BANK_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_PLAIN_ACCOUNT_WORDS, _ACCOUNT_NUMBER, re.ASCII),
        validate=_has_account_length,
        context=Context(_SHORT_BANK_WORDS),
        positive=(("aba=n/a account=945456787654 ok", "945456787654"),),
        negative=("database account=945456787654", "account=945456787654 aba"),
    ),
    Recognizer(
        name="sort_code",
        entity="US_BANK",
        gate=labelled_gate(_SORT_CODE_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(
            _SORT_CODE_WORDS, rf"\d\d(?P<join>[- ]?)\d\d(?P=join)\d\d|\d{{3}}[- ]?\d{{3}}{NUMBER_END}", re.ASCII
        ),
        starts_at_gate=True,
        positive=(
            ("sort_code=20-00-00 ok", "20-00-00"),
            ('"sortCode":"200000"', "200000"),
            ("BSB: 062-000", "062-000"),
        ),
        negative=("sort code: 20", "sort=200000", "bsb ok"),
    ),
    # Reserve Bank of India: four letters of the bank, a zero, six of the branch.
    Recognizer(
        name="ifsc",
        entity="US_BANK",
        gate=labelled_gate(_IFSC_WORDS),
        gate_kind="words",
        pattern=labelled_pattern(_IFSC_WORDS, rf"[A-Z]{{4}}0[A-Z0-9]{{6}}{NUMBER_END}", re.ASCII),
        starts_at_gate=True,
        positive=(("ifsc=HDFC0001234 ok", "HDFC0001234"),),
        negative=("ifsc=HDFC1001234", "HDFC0001234"),
    ),
)
