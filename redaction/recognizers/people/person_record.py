"""Names of persons under keys that anything may have ("name").

The other keys of the record tell whether it is a person.
"""

import re

from redaction.fragments.context import word_gate, word_pattern
from redaction.fragments.person_names import (
    BETWEEN,
    END_OF_NAME,
    GATE_BETWEEN,
    GATE_OPEN,
    GATE_TWO_WORDS,
    NAME,
    QUOTE,
    TITLE,
    could_be_person,
    decode_name,
    split_words,
)
from redaction.recognizer import Recognizer

_ANY_KEYS = (
    "name", "user", "user name", "username", "client name", "owner", "author", "nom", "nombre", "nome",
    "naam", "created by", "updated by", "modified by", "committer", "manager", "agent name", "operator", "profile name",
    "account name", "login", "from", "by", "actor", "principal",
)  # fmt: skip

_QUOTED_KEYS = ("user", "username", "user name", "author", "owner", "created by", "updated by", "client")

_GATE_OPEN_QUOTE = r"[=>3ADad \t]{0,6}[\\\"'`%2&quot;]{1,9}"
# Words in the other keys of a person's record.
_PERSONAL = frozenset(
    (
        "dob", "birth", "birthdate", "birthday", "geburtsdatum", "naissance", "nacimiento", "nascita", "ssn", "gender",
        "sex", "age", "email", "phone", "mobile", "tel", "telephone", "passport", "mrn", "surname", "nationality",
        "marital", "salary", "patient", "diagnosis", "prenom", "prénom", "apellido", "apellidos", "cognome", "born",
        "sobrenome", "address", "adresse", "street", "city", "zip", "zipcode", "postal", "postcode", "iban",
        "firstname", "lastname",
    )
)  # fmt: skip
_MACHINE = frozenset(("ip", "mac", "remote", "client", "server", "peer", "source", "bind", "memory", "local"))
_KEY = re.compile(
    r"(?<![^\W\d])[^\W\d][\w.-]{1,30}+(?=\\{0,3}[\"']?\]?[ ]?[=:>])"
    r"|(?<![A-Za-z])(?:dob|DOB|born)(?=[ ])"
)
_KEY_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])")
# "Customer created: name=..."
_ROLE = re.compile(
    r"(?<![A-Za-z])(?i:customer|patient|profile|employee|member|person|user|applicant|student|signup|kyc) ?"
    r"(?i:created?|updated?|registered|added|deleted|removed|changed|details?|verified|approved|rejected|found|record)"
    r"[ :,({\[-]{0,4}[\"']?$"
)
_RECORD = 160
_ROLE_REACH = 32


def _has_personal_key(record: str) -> bool:
    lower = record.lower()
    if not any(word in lower for word in _PERSONAL):
        return False
    for key in _KEY.finditer(record):
        words = {word.lower() for word in _KEY_WORD.findall(key.group())}
        if not _PERSONAL.isdisjoint(words) and _MACHINE.isdisjoint(words):
            return True
    return False


def _is_person_in_record(match: re.Match[str]) -> bool:
    """Accept a name whose record has a key of persons only.

    The key before the value proves little.
    """
    if not could_be_person(decode_name(match["value"])):
        return False
    text, start, end = match.string, match.start(), match.end()
    if _ROLE.search(text, max(0, start - _ROLE_REACH), start):
        return True
    # In JSON only the object that the name is in.
    before = re.split(r"[{}]", text[max(0, start - _RECORD) : start])[-1]
    after = re.split(r"[{}]", text[end : end + _RECORD])[0]
    return _has_personal_key(before) or _has_personal_key(after)


def _is_quoted_user(match: re.Match[str]) -> bool:
    """Accept two or more quoted words, not all in capitals.

    A login has no spaces.
    """
    name = decode_name(match["value"])
    return len(split_words(name)) > 1 and not name.isupper() and could_be_person(name)


RECOGNIZERS: tuple[Recognizer, ...] = (
    Recognizer(
        name="person_user_quoted",
        entity="PERSON",
        gate=rf"{word_gate(_QUOTED_KEYS)}(?:{GATE_BETWEEN}|[ ]){_GATE_OPEN_QUOTE}{GATE_TWO_WORDS}",
        gate_kind="words",
        pattern=re.compile(
            rf"{word_pattern(_QUOTED_KEYS)}(?:{BETWEEN}|[ ])(?P<quote>{QUOTE})(?P<value>{NAME})(?P=quote)(?![^\W_])"
        ),
        validate=_is_quoted_user,
        starts_at_gate=True,
        positive=(
            ('user="Jane Doe" action=login', "Jane Doe"),
            (r"\"created_by\":\"Jane Doe\"", "Jane Doe"),
            ("owner='Doe, Jane'", "Doe, Jane"),
            ('user "Jane Doe" logged in', "Jane Doe"),
        ),
        negative=(
            'user="NT AUTHORITY"',
            'user="Local System"',
            'user="root"',
            'user="Domain Admins Group"',
            'user="build agent"',
            'client="Kafka Consumer Client"',
            'user="jane.doe"',
        ),
    ),
    Recognizer(
        name="person_name_of_record",
        entity="PERSON",
        gate=rf"{word_gate(_ANY_KEYS)}{GATE_BETWEEN}{GATE_OPEN}{GATE_TWO_WORDS}",
        gate_kind="words",
        pattern=re.compile(
            rf"(?<![\w.$/-]){word_pattern(_ANY_KEYS)}{BETWEEN}{QUOTE}?(?P<value>{TITLE}{NAME}){END_OF_NAME}"
        ),
        validate=_is_person_in_record,
        starts_at_gate=True,
        positive=(
            ('profile update name="Jane Doe" dob=x', "Jane Doe"),
            ('{"id":5,"name":"Jane Doe","email":null}', "Jane Doe"),
            ("Name:    Jane Q. Doe\nAddress:  x", "Jane Q. Doe"),
            ("?name=Jane+Doe&email=x", "Jane+Doe"),
            ("name=Jane Doe age=5", "Jane Doe"),
            ("Name: Doe, Jane (DOB x)", "Doe, Jane"),
            ('customer created: name="Jane Doe" plan=pro', "Jane Doe"),
        ),
        negative=(
            'name="Jane Doe"',
            "hostname=Jane Doe age=5",
            'name="Print Spooler" email=x',
            '{"product":{"name":"Blue Jacket"},"email":null}',
            "file.name=Jane Doe age=5",
            "name=jane email=x",
        ),
    ),
)
