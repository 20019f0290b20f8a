"""JSON texts stay JSON, and values under sensitive keys are replaced."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redaction import Redactor
from redaction.structured.literals import is_json
from tests.unit.redaction.test_properties import VALUES

REDACTOR = Redactor()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ('{"card": 4111111111111111, "n": 1.50}', '{"card": "[CREDIT_CARD]", "n": 1.50}'),
        ('{"Password": "hunter2", "n": null}', '{"Password": "[PASSWORD]", "n": null}'),
        ('{"password": null, "pwd": "", "pin": 1234}', '{"password": null, "pwd": "", "pin": "[SECRET]"}'),
        ('{"a": {"dbPassword": ["x", {"y": "z1"}]}}', '{"a": {"dbPassword": ["[PASSWORD]", {"y": "[PASSWORD]"}]}}'),
        ('{"Set-Cookie": "sid=31d4d96e; Path=/"}', '{"Set-Cookie": "[SECRET]"}'),
        ('{"customer.ssn": "n/a 9", "SSN": 123456789}', '{"customer.ssn": "[US_SSN]", "SSN": "[US_SSN]"}'),
        ('{"nextPageToken": "CAUQAA", "page_token": "x"}', '{"nextPageToken": "CAUQAA", "page_token": "x"}'),
        ('{"m": "tel \\u002b14155552671"}', '{"m": "tel [PHONE]"}'),
        ('{"m": "line\\n10.0.0.1\\tx"}', '{"m": "line\\n[IP_ADDRESS]\\tx"}'),
        ('{"m": "{\\"password\\": \\"hunter2\\"}"}', '{"m": "{\\"password\\": \\"[PASSWORD]\\"}"}'),
        ('{"phone": {"country": "GB"}, "ssn": ["n/a 9"]}', '{"phone": {"country": "GB"}, "ssn": ["[US_SSN]"]}'),
        (
            '{"phone": {"area": 212, "rest": ["555", "0123"], "email": "n/a"}}',
            '{"phone": {"area": "[PHONE]", "rest": ["[PHONE]", "[PHONE]"], "email": "[EMAIL]"}}',
        ),
        ('{"ssn": {"a": "660", "b": "96"}, "n": "9868"}', '{"ssn": {"a": "[US_SSN]", "b": "[US_SSN]"}, "n": "9868"}'),
        ('{"ssn_part1": "660", "ssn_part2": "96"}', '{"ssn_part1": "[US_SSN]", "ssn_part2": "[US_SSN]"}'),
        ('{"dob_day": 12, "dobYear": 1990}', '{"dob_day": "[DOB]", "dobYear": "[DOB]"}'),
        ('{"email": {"attempts": 2}}', '{"email": {"attempts": 2}}'),
        ('{"a@b.co": 1}', '{"[EMAIL]": 1}'),
        ('[{"name": "password", "value": "x1"}]', '[{"name": "password", "value": "[PASSWORD]"}]'),
        ('[{"value": 5, "key": "ssn"}]', '[{"value": "[US_SSN]", "key": "ssn"}]'),
        ('{"u": "/a?card=4111%201111%201111%201111&x=1"}', '{"u": "/a?card=[CREDIT_CARD]&x=1"}'),
        ('["10.0.0.1", 5]', '["[IP_ADDRESS]", 5]'),
    ],
)
def test_a_json_text_is_redacted_by_sensitive_keys_and_stays_json(text: str, redacted: str) -> None:
    assert REDACTOR.redact(text).text == redacted
    json.loads(redacted)


def test_a_record_keeps_keys_and_numbers() -> None:
    record = {"b": 1, "a": [1.0, "a@b.co", True], "password": {"old": "x", "n": 2**70}}

    redacted, redaction = REDACTOR.redact_json(record)

    assert redacted == {"b": 1, "a": [1.0, "[EMAIL]", True], "password": {"old": "[PASSWORD]", "n": "[PASSWORD]"}}
    assert list(redacted) == list(record)
    assert redaction.counts == {"EMAIL": 1, "PASSWORD": 2}


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(VALUES),
)  # fmt: skip
keys = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["password", "ssn", "card_number", "msg"])
)
records = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=8)


@given(records, st.booleans())
def test_a_redacted_json_text_is_valid_json(record: object, ascii_only: bool) -> None:
    text = json.dumps([record], ensure_ascii=ascii_only)

    redacted = REDACTOR.redact(text).text

    json.loads(redacted)
    assert REDACTOR.redact(redacted).text == redacted


@given(st.one_of(leaves, records), st.data())
def test_a_text_is_json_if_json_loads_accepts_it(record: object, data: st.DataObject) -> None:
    text = json.dumps([record], ensure_ascii=data.draw(st.booleans()))
    index = data.draw(st.integers(0, len(text)))
    broken = data.draw(st.sampled_from(["", *'\\"{}[],:-+.0e\x01\x7f\ud800', "NaN", "1e999", "\\ud800"]))
    for each in (text, text[:index] + broken + text[index + data.draw(st.integers(0, 2)) :]):
        assert is_json(each) == (each.lstrip()[:1] in ("[", "{") and is_accepted_by_json_loads(each))


def is_accepted_by_json_loads(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
