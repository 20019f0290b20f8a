"""Names of persons, known by their key.

`person_record` holds those under less telling keys, `person_prose` those in prose.
"""

import re

from redaction.fragments.context import word_gate, word_pattern
from redaction.fragments.person_names import (
    BETWEEN,
    END_OF_NAME,
    FULL_NAME,
    GATE_BETWEEN,
    GATE_CAPITAL,
    GATE_OPEN,
    LAST_FIRST,
    NAME,
    ONE_OR_MORE,
    PARTICLE,
    QUOTE,
    SPACE,
    TITLE,
    could_be_name,
    could_be_person,
    decode_name,
)
from redaction.recognizer import Recognizer

_ROLES = (
    "customer", "patient", "member", "employee", "contact", "recipient", "sender", "cardholder", "card holder",
    "account holder", "holder", "beneficiary", "payee", "payer", "guest", "passenger", "student", "applicant",
    "candidate", "doctor", "physician", "nurse", "guardian", "parent", "spouse", "mother", "father", "buyer",
    "consignee", "billing", "shipping", "ship to", "bill to", "subscriber", "insured", "policyholder", "policy holder",
    "legal", "real", "staff", "teacher", "visitor", "traveler", "traveller", "caller", "assignee", "reporter",
    "requester", "signer", "signatory", "nominee", "emergency contact", "next of kin", "borrower", "claimant", "driver",
    "tenant contact", "attendee", "delegate", "donor", "referrer", "supervisor",
)  # fmt: skip

# Keys that can mean nothing but the name of a person, or part of it.
_PART_KEYS = (
    "first name", "firstname", "last name", "lastname", "middle name", "surname", "given name", "givenname",
    "family name", "familyname", "maiden name", "forename", "fname", "lname", "full name", "fullname", "person name",
    "preferred name", "father name", "mother name", "mothers maiden name", "name on card", "nameoncard",
    "cardholder name", "card holder name", "card name", "patient name", "customer full name",
    "vorname", "nachname", "familienname", "geburtsname", "prénom", "prenom", "nom de famille", "nom complet",
    "nombre completo", "primer nombre", "apellido", "apellidos", "primer apellido", "segundo apellido",
    "cognome", "nome completo", "sobrenome", "apelido", "voornaam", "achternaam", "imię", "imie", "nazwisko", "fornavn",
    "etternavn", "efternavn", "förnamn", "efternamn", "etunimi", "sukunimi", "soyad", "soyadı", "jméno", "příjmení",
    "имя", "фамилия", "отчество", "фио", "姓名", "氏名", "お名前", "이름", "성명",
)  # fmt: skip
# Keys of what is mostly a person; a firm may be a customer too.
_ROLE_KEYS = tuple(
    dict.fromkeys(
        [
            *(f"{role} name" for role in _ROLES),
            *(role for role in _ROLES if role not in {"billing", "shipping", "ship to", "bill to", "legal", "real"}),
            "authorized by", "approved by", "signed by", "requested by", "reported by", "submitted by", "reviewed by",
            "assigned to", "attn", "display name", "kontakt", "kunde", "cliente", "paciente", "paziente",
            "titulaire", "titular", "intestatario", "kontoinhaber", "karteninhaber", "empfänger", "destinataire",
            "destinatario",
        ]
    )
)  # fmt: skip
_QUOTED = r"(?:[A-Za-z .,'’()-]|[\x80-\U0010ffff]|\\{1,7}u[0-9A-Fa-f]{4}){1,64}?"
_ENCODED = r"(?:[A-Za-z\x80-\U0010ffff]|%[2-9A-F][0-9A-F])(?:[A-Za-z.'’+-]|[\x80-\U0010ffff]|%[2-9A-F][0-9A-F]){0,63}"
_PARTICLES = rf"(?:{PARTICLE}{SPACE}){{0,2}}"
_SEPARATED = re.compile(r"[ \t]*(?:$|[\r\n,;|&<>)\]}\"'\\\[]|[\w.-]{1,24}[=:])")


def _is_part(match: re.Match[str]) -> bool:
    """Accept a name in any case of letters, but no prose.

    "last name: is required" is prose.
    """
    value = decode_name(match["value"])
    if not could_be_name(value):
        return False
    if match["quote"]:
        return True
    first = value.lstrip()[:1]
    if first.islower():
        start = match.start("value")
        follows_verb = match.string[max(0, start - len(" was ")) : start].endswith((" is ", " was "))
        return not follows_verb and _SEPARATED.match(match.string, match.end("value")) is not None
    return True


def _is_person(match: re.Match[str]) -> bool:
    return could_be_person(decode_name(match["value"]))


RECOGNIZERS: tuple[Recognizer, ...] = (
    Recognizer(
        name="person_key",
        entity="PERSON",
        gate=rf"{word_gate(_PART_KEYS)}{GATE_BETWEEN}",
        gate_kind="words",
        pattern=re.compile(
            rf"{word_pattern(_PART_KEYS)}{BETWEEN}(?P<quote>{QUOTE})?"
            rf"(?P<value>(?(quote){_QUOTED}|{TITLE}(?:{_PARTICLES}(?:{LAST_FIRST}|{ONE_OR_MORE}|{FULL_NAME})|{_ENCODED})))"
            rf"(?(quote)(?P=quote)(?![^\W_])|{END_OF_NAME})"
        ),
        validate=_is_part,
        starts_at_gate=True,
        positive=(
            ('"first_name":"jane"', "jane"),
            ('full_name="Jane Doe" id=5', "Jane Doe"),
            (r"{\"lastName\": \"O'Neil\"}", "O'Neil"),
            ("'last_name': 'van der Berg', 'id': 5", "van der Berg"),
            ("surname='O'Neil'", "O'Neil"),
            (r'"firstName":"Jos\u00e9"', r"Jos\u00e9"),
            ('cardholder_name: "JOHN Q PUBLIC"', "JOHN Q PUBLIC"),
            ('"Фамилия": "Иванова"', "Иванова"),
            ('"姓名":"王小明"', "王小明"),
            ('<patient name="Doe, Jane" id="1">', "Doe, Jane"),
            ('"Vorname" => "Jürgen"', "Jürgen"),
            ("first_name=jane id=4", "jane"),
            ("?lastName=Doe&x=1", "Doe"),
            ("?full_name=Jane+Doe&x=1", "Jane+Doe"),
            ("?full_name=Jos%C3%A9%20Garc%C3%ADa&x=1", "Jos%C3%A9%20Garc%C3%ADa"),
            ("fullName: Ludwig van Beethoven, id 5", "Ludwig van Beethoven"),
            ("full name: J. R. R. Tolkien", "J. R. R. Tolkien"),
            ("<firstName>Mary-Jane</firstName>", "Mary-Jane"),
            ("Her maiden name is Ybarra", "Ybarra"),
            ("cardholder name: JOHN PUBLIC exp 12/27", "JOHN PUBLIC"),
            ("Nachname: Müller", "Müller"),
            ("Apellidos: García Márquez; id 5", "García Márquez"),
            ("patient name: DOE, JANE", "DOE, JANE"),
            ("full_name=Jane Doe email=x", "Jane Doe"),
            ("last_name=de la Cruz city=x", "de la Cruz"),
            ("First name - Jane", "Jane"),
        ),
        negative=(
            '"first_name":null',
            '"first_name":""',
            '"last_name":"null"',
            '"last_name":"string"',
            '"first_name":"is required"',
            '"first_name":"user_17"',
            '"firstName":{"type":"string"}',
            '"first_name":"[PERSON]"',
            '"firstname_column":"a"',
            '"card name":"**** 4242"',
            "last_name: can't be blank",
            "last name: is invalid",
            "first_name=null",
            "first_name: string",
            "first name is required",
            "first_name=%s",
            "first_name=$1",
            "surname: required field",
            "firstName=user.getFirstName()",
            "first_name=jane.doe@",
            "full_name=acme/widget",
            "last_name = ?",
        ),
    ),
    Recognizer(
        name="person_role",
        entity="PERSON",
        gate=rf"{word_gate(_ROLE_KEYS)}{GATE_BETWEEN}{GATE_OPEN}{GATE_CAPITAL}",
        gate_kind="words",
        pattern=re.compile(rf"{word_pattern(_ROLE_KEYS)}{BETWEEN}{QUOTE}?(?P<value>{TITLE}{NAME}){END_OF_NAME}"),
        validate=_is_person,
        starts_at_gate=True,
        positive=(
            ('customer_name="Jane Doe"', "Jane Doe"),
            ('"customer":"Jane Doe"', "Jane Doe"),
            ("Patient: John Smith, 45", "John Smith"),
            ("cardholder=JOHN SMITH exp=12/27", "JOHN SMITH"),
            ("recipient=Jane+Doe&x=1", "Jane+Doe"),
            ("Approved by: Dr. Jane Doe", "Dr. Jane Doe"),
            ("contact: Smith-Jones, Anna", "Smith-Jones, Anna"),
            ("Kontoinhaber: Jürgen von der Lippe", "Jürgen von der Lippe"),
            ('"emergencyContact": "Siân O’Brien"', "Siân O’Brien"),
        ),
        negative=(
            "customer: Acme Corp",
            "contact: Support Team",
            "customer=42",
            "recipient: Order Service",
            "sender=Payment Gateway",
            "driver: Microsoft Print Driver",
            "Customer: loading",
            "displayName: Windows Update",
        ),
    ),
)
