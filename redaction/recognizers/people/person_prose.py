"""Names of persons in prose, mail headers and letters.

A title, a greeting or a verb tells that a name follows.
"""

import re

from redaction.fragments.person_names import (
    ANY,
    FULL_NAME,
    GATE_CAPITAL,
    GATE_TWO_WORDS,
    NAME,
    ONE_OR_MORE,
    WORD,
    could_be_person,
    decode_name,
    split_words,
)
from redaction.recognizer import Recognizer

_END = r"(?![\w@/\\=({%]|:[:/])"
_NEW_LINE = r"(?:\\{0,3}r)?(?:\r?\n|\\{1,3}n|<br ?/?>)"


_TITLES = (
    r"(?:M(?:rs?|s|me|lle|iss|x|RS?|S)|Dr|DR|Prof|PROF|Herrn?|Frau|Se[nñ]ora?|Sra|Sig(?:nora?|ra)?|Doctor|Professor"
    r"|Monsieur|Madame)\.?(?: |\+|%20)"
)
_GREETING = r"(?i:dear|hi|hello|hey|hallo|bonjour|hola|lieber?|cher|chère|estimad[oa]|gentile|ciao)[ ]"
_FAREWELL = r"(?i:regards|sincerely|wishes|cheers|grüßen?|cordialement|saludos|saluti|yours)[ ]?[,.!]?"
_IS_CALLED = (
    r"(?i:name is|name['’]s|(?:is|was|am) called|mi nombre es|me llamo|mein name ist|ich heiße|je m['’]appelle"
    r"|mi chiamo)[ ]"
)
_DONE_BY = (
    r"(?i:(?:sign|approv|assign|request|submitt|report|review|creat|prepar|writt|author|referr|witness|updat|complet"
    r"|register|issu|deliver)(?:ed|en) (?:by|to)|on behalf of|payable to|spoke (?:to|with)|follow up with) "
)
_ROLE = (
    r"(?i:customer|patient|client|passenger|employee|caller|cardholder|account holder|policyholder|subscriber|applicant"
    r"|nurse|doctor|student|beneficiary|cashier|teller|guest|resident) (?:\\{0,3}[\"'])?"
)


def _is_person(match: re.Match[str]) -> bool:
    return could_be_person(decode_name(match["value"]))


def _is_titled(match: re.Match[str]) -> bool:
    """Accept a name behind a title, but not in a street.

    "12 Cheriton Dr Suite 5" is a street.
    """
    before = match.string[max(0, match.start() - 40) : match.start()]
    return could_be_person(decode_name(match["name"])) and not re.search(r"\d[^,;:]{1,30}$", before)


def _is_mail_name(match: re.Match[str]) -> bool:
    """Accept a person's name in a mail header, but no role's.

    A single word must be in the address too.
    """
    name = decode_name(match["value"])
    if not could_be_person(name):
        return False
    words = split_words(name)
    if len(words) > 1 and match["open"] != "(":
        return True
    local = match["local"].lower()
    return any(len(word) > 1 and word in local for word in words)


RECOGNIZERS: tuple[Recognizer, ...] = (
    Recognizer(
        name="person_title",
        entity="PERSON",
        gate=rf"{_TITLES}{GATE_CAPITAL}",
        gate_kind="prefixes",
        pattern=re.compile(rf"(?<![\w.&/-])(?P<value>(?:{_TITLES}){{1,3}}(?P<name>{ONE_OR_MORE}|{FULL_NAME})){_END}"),
        validate=_is_titled,
        positive=(
            ("Mr. Leiva flew home", "Mr. Leiva"),
            ("spoke to Dr Anna-Lena Groß today", "Dr Anna-Lena Groß"),
            ("Prof. Dr. H. Schmidt", "Prof. Dr. H. Schmidt"),
            ("Frau Müller ruft an", "Frau Müller"),
            ("Mrs. O'Neil", "Mrs. O'Neil"),
            ("MR. JOHN SMITH", "MR. JOHN SMITH"),
        ),
        negative=(
            "12 Cheriton Dr Reuquen",
            "MS Office",
            "MR 1234 merged",
            "MS SQL Server",
            "Mr. unknown",
        ),
    ),
    Recognizer(
        name="person_mail_header",
        entity="PERSON",
        gate=rf"(?i:[a-z.\"'\\){ANY}])(?: |%20|\+)?(?:<|\(|&lt;|%3[Cc]|\\{{1,3}}u003[Cc])[A-Za-z0-9._%+-]+(?:@|%40)",
        gate_kind="words",
        pattern=re.compile(
            rf"(?<![^\W_])(?P<value>{NAME}|{WORD})(?:\\{{0,3}}[\"'])?(?: |%20|\+)?"
            r"(?P<open><|\(|&lt;|%3[Cc]|\\{1,3}u003[Cc])(?P<local>[A-Za-z0-9._%+-]{1,64}?)(?:@|%40)"
        ),
        validate=_is_mail_name,
        positive=(
            ("Author: Jane Doe <jane@localhost>", "Jane Doe"),
            ('"Doe, Jane" <jd@localhost>', "Doe, Jane"),
            (r"from=\"Jane Doe\" \u003cjane@localhost", "Jane Doe"),
            ("Jane <jane@localhost>", "Jane"),
            ("from Maria Silva (maria@localhost)", "Maria Silva"),
        ),
        negative=(
            "GitHub <noreply@localhost>",
            "Cron Daemon <root@localhost>",
            "Customer Support <help@localhost>",
            "List<T@1>",
            "Some Thing (x@localhost)",
        ),
    ),
    Recognizer(
        name="person_said",
        entity="PERSON",
        gate=rf"{_IS_CALLED}{GATE_CAPITAL}",
        gate_kind="words",
        pattern=re.compile(rf"(?<![\w-]){_IS_CALLED}(?P<value>(?:M(?:rs?|s)\.? )?(?:{ONE_OR_MORE}|{FULL_NAME})){_END}"),
        validate=_is_person,
        positive=(
            ("My name is Akinori", "Akinori"),
            ("my name is Ruth R. Montez.", "Ruth R. Montez"),
            ("ich heiße Jürgen", "Jürgen"),
            ("me llamo María José García", "María José García"),
        ),
        negative=(
            "my name is not correct",
            "The bucket name is required",
            "name is Null",
            "her name is Unknown",
        ),
    ),
    Recognizer(
        name="person_letter",
        entity="PERSON",
        gate=rf"{_GREETING}{GATE_CAPITAL}",
        gate_kind="words",
        pattern=re.compile(
            rf"(?<![\w-]){_GREETING}(?P<value>{ONE_OR_MORE}|{FULL_NAME})(?=[ ]?(?:[,!]|:(?!\w)|[-–—](?= )|{_NEW_LINE}))"
        ),
        validate=_is_person,
        positive=(
            ("Dear Jane Doe, your order", "Jane Doe"),
            (r'"body":"Hi Ana,\nyour code"', "Ana"),
            ("Liebe Jürgen Müller,", "Jürgen Müller"),
        ),
        negative=(
            "Hello World!",
            "Dear Customer,",
            "Dear Sir or Madam,",
            "Hi Team,",
            "Hello Jane how",
        ),
    ),
    Recognizer(
        name="person_signature",
        entity="PERSON",
        gate=rf"{_FAREWELL}(?:\\{{0,3}}r)?\\{{0,3}}[\r\nn<]",
        gate_kind="words",
        pattern=re.compile(
            rf"(?<![\w-]){_FAREWELL}(?:{_NEW_LINE}){{1,3}}[ \t]{{0,4}}(?P<value>{ONE_OR_MORE}|{FULL_NAME})"
            rf"(?=[ \t]{{0,3}}[,.]?(?:$|\"|{_NEW_LINE}))"
        ),
        validate=_is_person,
        positive=(
            ("Regards,\nJane", "Jane"),
            (r'"Best wishes\n\nJane van Dijk\nAcme"', "Jane van Dijk"),
        ),
        negative=(
            "Regards,\nSupport Team",
            "Regards,\nThe Acme Team",
            "with regards to\nJane",
        ),
    ),
    Recognizer(
        name="person_by",
        entity="PERSON",
        gate=rf"{_DONE_BY}{GATE_TWO_WORDS}",
        gate_kind="words",
        pattern=re.compile(rf"(?<![\w-]){_DONE_BY}(?P<value>{NAME}){_END}"),
        validate=_is_person,
        positive=(
            ("contract signed by Jane Doe today", "Jane Doe"),
            ("Ticket 5 assigned to Anna M. Groß", "Anna M. Groß"),
        ),
        negative=(
            "signed by Apple Root CA",
            "created by Windows Installer",
            "assigned to Support Team",
            "requested by API Gateway",
            "signed by root",
        ),
    ),
    Recognizer(
        name="person_role_before",
        entity="PERSON",
        gate=rf"{_ROLE}{GATE_TWO_WORDS}",
        gate_kind="words",
        pattern=re.compile(rf"(?<![\w-]){_ROLE}(?P<value>{FULL_NAME}){_END}"),
        validate=_is_person,
        positive=(
            ("Customer John Smith called", "John Smith"),
            ('customer "Ines Dubois" updated', "Ines Dubois"),
            ("admitted patient Zoë de la Cruz at", "Zoë de la Cruz"),
        ),
        negative=(
            "Customer Service Team",
            "Client Connection Lost",
            "Employee Self Service",
            "customer John",
            "Client Hello World",
        ),
    ),
)
