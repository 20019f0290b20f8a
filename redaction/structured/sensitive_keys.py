"""Sensitive keys of JSON objects and the entities of their values."""

import re
from functools import lru_cache

from redaction.gates.gates import Gate

# A space stands for any case style: "card number" is cardNumber, CARD_NUMBER, card-number, and the end of
# billing.cardNumber.
_KEYS: dict[str, tuple[str, ...]] = {
    "PASSWORD": (
        "password", "passwd", "pwd", "passphrase", "password hash", "password confirmation", "contrasena",
        "mot de passe", "passwort", "kennwort", "senha",
    ),
    "SECRET": (
        "secret", "secret key", "secret access key", "private key", "api key", "apikey", "api secret", "access key",
        "access key id", "token", "jwt", "authorization", "cookie", "cookies", "set cookie", "session id",
        "session key", "sessionid", "phpsessid", "jsessionid", "otp", "totp", "one time password", "mfa code", "pin",
        "pin code", "signing key", "encryption key", "master key", "credentials", "connection string",
    ),
    "US_SSN": ("ssn", "social security", "social security number", "social security no"),
    "CREDIT_CARD": (
        "card number", "card no", "credit card", "cc number", "cc num", "debit card", "cvv", "cvv2", "cvc", "cvc2",
        "security code",
    ),
    "IBAN": ("iban",),
    "US_BANK": ("account number", "account no", "bank account", "routing number"),
    "DOB": ("dob", "date of birth", "birth date", "birthdate", "birthday"),
    "PERSON": (
        "first name", "last name", "full name", "surname", "given name", "family name", "middle name", "maiden name",
        "card holder", "cardholder", "cardholder name", "name on card", "patient name", "customer name",
    ),
    "EMAIL": ("email", "e mail", "email address"),
    "PHONE": ("phone", "phone number", "mobile number", "mobile phone", "cell phone", "telephone", "msisdn"),
    "ADDRESS": (
        "street address", "home address", "postal address", "billing address", "shipping address", "mailing address",
        "address line 1", "address line 2",
    ),
    "US_PASSPORT": ("passport", "passport number", "passport no"),
    "US_DRIVER_LICENSE": ("driver license", "drivers license", "driver license number", "drivers license number"),
    "NATIONAL_ID": ("national id", "national id number", "tax id"),
    "MEDICAL_RECORD": ("medical record number", "mrn"),
}  # fmt: skip

_ENTITIES = {tuple(key.split()): entity for entity, keys in _KEYS.items() for key in keys}
_LONGEST = max(map(len, _ENTITIES))
_CHARACTERS = 64
"""Length of the end of a key that is looked at: it holds all words that matter."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

# Words before "token" and the like that make it the position in a listing, which is no secret.
_PAGES = frozenset(["page", "next", "previous", "continuation", "sync", "cursor", "start"])

ENTITIES = frozenset(_KEYS)


def get_key_entity(key: str) -> str:
    """Return the entity of a key's value; empty for an ordinary key.

    "US_SSN" for `customerSsn`, `SSN` and `ssn_part_1`.
    """
    return _get_key_entity(key[-_CHARACTERS:])


# A service logs the same few keys again and again.
@lru_cache(4096)
def _get_key_entity(key: str) -> str:
    words = [word.lower() for word in _WORD.findall(key)]
    entity = _get_words_entity(words)
    while not entity and words and (words[-1] == "part" or words[-1].isdigit()):
        words.pop()
        entity = _get_words_entity(words)
    return entity


def _get_words_entity(words: list[str]) -> str:
    for count in range(min(_LONGEST, len(words)), 0, -1):
        entity = _ENTITIES.get(tuple(words[-count:]))
        if entity:
            return "" if words[-count - 1 : -count] and words[-count - 1] in _PAGES else entity
    return ""


def build_gate() -> Gate:
    """Build a gate that matches each string ending with a sensitive key."""
    keys = "|".join("[ _.-]?".join(words) for words in sorted(_ENTITIES))
    return Gate(rf'(?i:{keys})(?i:[ _.-]?part)?(?:[ _.-]?[0-9]{{1,3}})?\\{{0,3}}"', "words")
