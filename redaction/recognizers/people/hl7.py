"""Patients and staff in HL7 version 2 messages, without keys.

HL7 2.5.1, chapter 2A: XPN is family^given^middle, XCN the same behind an id, XAD street^other^city^state^post code.
Chapter 3.4.2: PID-7 is the date of birth, PID-8 the sex.
"""

import re

from redaction.fragments.person_names import ANY, UPPER
from redaction.recognizer import Recognizer

_NAME = rf"[{UPPER}][^\W\d_]{{1,24}}(?:[ '’-][^\W\d_]{{1,24}}){{0,2}}"

RECOGNIZERS: tuple[Recognizer, ...] = (
    Recognizer(
        name="hl7_person",
        entity="PERSON",
        gate=rf"[|^~][A-Z{ANY}][A-Za-z{ANY}' -]*\^[A-Z{ANY}]",
        gate_kind="shapes",
        pattern=re.compile(
            rf"(?<=[|^~])(?P<value>{_NAME}\^[{UPPER}][^\W\d_]{{0,24}}(?: [^\W\d_]{{1,24}})?"
            r"(?:\^[^\W\d_]{0,24}\.?){0,4})(?=[|~^\r\n&]|$)"
        ),
        positive=(
            ("PID|1||12345^^^MRN||DOE^JANE^A||x", "DOE^JANE^A"),
            ("PV1|1|I|||||1234^Smith-Jones^Anna|", "Smith-Jones^Anna"),
        ),
        negative=("MSH|^~\\&|ADT1|MCM", "a^b^c", "MSH|x|ADT^A01|5", "regex |A^B|"),
    ),
    Recognizer(
        name="hl7_birth",
        entity="DOB",
        gate=r"\^[^|^\n]*\|[^|\n]*\|[0-9]{8}",
        gate_kind="shapes",
        pattern=re.compile(r"\^[^|\n]{0,40}\|[^|\n]{0,40}\|(?P<value>(?:19|20)\d\d[01]\d[0-3]\d)\d{0,6}\|[FMOUAN]?\|"),
        positive=(("PID|1||12345^^^MRN||D^J^A||19800131|F||", "19800131"),),
        negative=("a|b|19800131|F|", "EVN|A01|20240101|"),
    ),
    Recognizer(
        name="hl7_address",
        entity="ADDRESS",
        gate=r"[|~][0-9][^|^\n]*\^[^|^\n]*\^[^|^\n]*\^[^|^\n]*\^[0-9A-Z]",
        gate_kind="shapes",
        pattern=re.compile(
            r"(?<=[|~])(?P<value>\d[^|^\n]{2,60}\^[^|^\n]{0,40}\^[^|^\n]{1,40}\^[^|^\n]{0,20}\^[0-9A-Z][\w -]{2,9})"
        ),
        positive=(("|F|||12 MAIN ST^^SPRINGFIELD^IL^62704|", "12 MAIN ST^^SPRINGFIELD^IL^62704"),),
        negative=("|12345^^^MRN||",),
    ),
)
