"""National numbers of India, Sri Lanka and Bangladesh.

Pakistan is in `middle_east`.
"""

import re

from stdnum import verhoeff
from stdnum.in_ import epic, gstin, pan

from redaction.fragments.boundaries import GATE_END
from redaction.fragments.national import NATIONAL_ID, id_keywords, id_pattern, isolated_id_pattern, passes_any
from redaction.recognizer import Recognizer


def _plain(value: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", value)


def _is_aadhaar(value: str) -> bool:
    return verhoeff.is_valid(_plain(value))


RECOGNIZERS = (
    Recognizer(
        name="in_aadhaar_groups",
        entity=NATIONAL_ID,
        gate=rf"[0-9]{{4}}[ -][0-9]{{4}}[ -][0-9]{{4}}{GATE_END}",
        gate_kind="shapes",
        pattern=isolated_id_pattern(r"[2-9]\d{3}(?P<s>[ -])\d{4}(?P=s)\d{4}"),
        validate=passes_any(_is_aadhaar),
        starts_at_gate=True,
        positive=(("uid 3123 4567 8909 linked", "3123 4567 8909"), ("3998-7654-3211", "3998-7654-3211")),
        negative=("1234-5678-9012", "3123 4567 8908", "17 3123 4567 8909", "3123 4567 8909 12", "3998-7654-3211-7777"),
    ),
    Recognizer(
        name="in_aadhaar",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{12}|\d{4}(?P<s>[ .:-])\d{4}(?P=s)\d{4}"),
        validate=passes_any(_is_aadhaar),
        context=id_keywords("aadhaar, aadhaar number, aadhaar no, aadhar, adhaar, uidai, आधार"),
        positive=(
            ("aadhaar_no=234123412346", "234123412346"),
            ("Aadhaar: 2341 2341 2346", "2341 2341 2346"),
            (r"{\"aadhaarNumber\":\"2341-2341-2346\"}", "2341-2341-2346"),
        ),
        negative=("aadhaar=234123412347", "aadhaar request 4f1b234123412346", "trace=234123412346"),
    ),
    Recognizer(
        name="in_aadhaar_vid",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[2-9]\d{3}(?P<s>[ -]?)\d{4}(?P=s)\d{4}(?P=s)\d{4}"),
        validate=passes_any(_is_aadhaar),
        context=id_keywords("aadhaar, aadhar, virtual id, uidai"),
        positive=(("aadhaar vid=2341234123412341", "2341234123412341"),),
        negative=("vid=2341234123412342", "id=2341234123412341"),
    ),
    Recognizer(
        name="in_pan",
        entity=NATIONAL_ID,
        gate=r"[A-Z]{3}[G-Z][A-Z][0-9]{4}[A-Z]",
        gate_kind="shapes",
        pattern=id_pattern(r"[A-Z]{3}P[A-Z]\d{4}[A-Z]"),  # P is a person's; other letters are likelier in part numbers
        validate=passes_any(pan.is_valid),
        positive=(("taxpayer ABCPD1234Z", "ABCPD1234Z"), ("pan=ABBPM4567S&x=1", "ABBPM4567S")),
        negative=("ABCDD1234Z", "ABCPD12345", "XABCPD1234Z", "ABCPD1234ZZ", "lot-ABCPD1234Z"),
    ),
    Recognizer(
        name="in_pan_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[A-Za-z]{5}\d{4}[A-Za-z]"),
        validate=passes_any(pan.is_valid),
        context=id_keywords(
            "permanent account number, income tax pan",
            keys="pan, pan card, panno, pannumber",
            initial="[A-Za-z]{5}[0-9]{4}",
        ),
        positive=(("pan_no=mmljj9999f", "mmljj9999f"), ("PAN: JRCHH9999T", "JRCHH9999T")),
        negative=("pan_no=ABCDD1234Z", "span_id=mmljj9999f", "company ABCCD1234E"),
    ),
    Recognizer(
        name="in_gstin",
        entity=NATIONAL_ID,
        gate=r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z]",
        gate_kind="shapes",
        pattern=id_pattern(r"[0-3]\d[A-Z]{5}\d{4}[A-Z][0-9A-Z]{3}"),
        validate=passes_any(gstin.is_valid),
        positive=(("gstin=27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),),
        negative=("gstin=27AAPFU0939F1ZO", "x27AAPFU0939F1ZV"),
    ),
    Recognizer(
        name="in_voter_id",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[A-Za-z]{3}\d{7}"),
        validate=passes_any(epic.is_valid),
        context=id_keywords("epic, epic no, voter, voter id, elector"),
        positive=(("voter_id=WKH1186253", "WKH1186253"), ("EPIC No. WKH1186253", "WKH1186253")),
        negative=("voter_id=WKH1186252", "box WKH1186253"),
    ),
    Recognizer(
        name="south_asian_nid_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        # Sri Lanka's Department for Registration of Persons: 9 digits and V or X, or 12 with the year of birth before
        # them; so have those of Bangladesh with 13 and 17 digits.
        pattern=id_pattern(r"\d{9}[VXvx]|(?:19|20)\d{10}(?:\d|\d{5})?"),
        context=id_keywords(keys="nid, nic, sri lankan nic, bd nid", initial="[0-9]{9}"),
        positive=(("nic=853400937V", "853400937V"), ("NID: 1990123456789", "1990123456789")),
        negative=("nic=eth0 853400937V", "unid=1990123456789", "nid=1700000000"),
    ),
)
