"""Records of a body in each format, and errors with their offset."""

from collections.abc import Sequence
from typing import Any

import pytest

from webapp.http.problems import Problem
from webapp.ingest.decoding import decode, decode_utf8, split_json_objects
from webapp.ingest.limits import MAX_RECORD_BYTES

JSON = "application/json"
NDJSON = "application/x-ndjson"
FORM = "application/x-www-form-urlencoded"


def contents(body: bytes, mimetype: str = JSON, **options: bool) -> list[Any]:
    return [record.content for record in decode(body, mimetype, **options)]


def problems(body: bytes, mimetype: str = NDJSON) -> list[str]:
    return [record.problem.detail if record.problem else "" for record in decode(body, mimetype)]


def problem(body: bytes, mimetype: str = JSON) -> Problem:
    with pytest.raises(Problem) as error:
        list(decode(body, mimetype))
    return error.value


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b'{"text":"a"}', [{"text": "a"}], id="object"),
        pytest.param(b' \r\n{"text":"a"}\t', [{"text": "a"}], id="space around it"),
        pytest.param(b'[{"text":"a"},"b"]', [{"text": "a"}, "b"], id="array"),
        pytest.param(b"[]", [], id="empty array"),
        pytest.param(b'{"logs":["a","b"]}', ["a", "b"], id="envelope"),
        pytest.param(b'{"logs":[]}', [], id="empty envelope"),
        pytest.param(b'{"logs":"a"}', [{"logs": "a"}], id="logs that is no array"),
        pytest.param(b'{"logs":{"a":1}}', [{"logs": {"a": 1}}], id="logs that is an object"),
        pytest.param(b'{"text":"a"}{"text":"b"}', [{"text": "a"}, {"text": "b"}], id="concatenated objects"),
        pytest.param(b'{"text":"a"},{"text":"b"},', [{"text": "a"}, {"text": "b"}], id="commas between objects"),
        pytest.param(b'{"text":"a"}\n{"text":"b"}\n', [{"text": "a"}, {"text": "b"}], id="NDJSON called JSON"),
        pytest.param(b'{"text":"a","text":"b"}', [{"text": "b"}], id="the last of two equal keys"),
        pytest.param(b'{"text":"\\u0000"}', [{"text": "\x00"}], id="escaped NUL"),
        pytest.param(b'{"n":1%b}' % (b"0" * 400), [{"n": 10**400}], id="huge integer"),
        pytest.param(b"[5,null,[]]", [5, None, []], id="values that are no records"),
        pytest.param(b"5", [None], id="number"),
        pytest.param(b'"a"', [None], id="string"),
    ],
)
def test_json_is_decoded_in_every_shape(body: bytes, expected: Sequence[Any]) -> None:
    assert contents(body) == expected


def test_a_record_keeps_the_json_that_was_written() -> None:
    body = b'[ {"n": 1.50, "a":"\\u00e9" } , "b"]'

    assert [record.raw_json for record in decode(body, JSON)] == ['{"n": 1.50, "a":"\\u00e9" }', None]


def test_an_envelope_names_the_tenant() -> None:
    assert [record.tenant_id for record in decode(b'{"tenant_id":"t","logs":["a","b"]}', JSON)] == ["t", "t"]
    assert [record.tenant_id for record in decode(b'{"tenant_id":"t","text":"a"}', JSON)] == [None]


def test_ndjson_has_one_record_per_line_that_is_not_blank() -> None:
    assert contents(b'\n{"text":"a"}\r\n \n"b"\n[1]', NDJSON) == [{"text": "a"}, "b", [1]]


def test_a_text_is_one_record_or_one_per_line() -> None:
    body = "one\r\n\n  \ntwo\u2028three\n".encode()

    assert contents(body, "text/plain") == ["one\r\n\n  \ntwo\u2028three\n"]
    assert contents(body, "text/plain", split_lines=True) == ["one", "two\u2028three"]


@pytest.mark.parametrize("mimetype", ["", FORM])
@pytest.mark.parametrize("body", [b' {"text":"a"}', b'["a"]'])
def test_json_without_a_json_content_type_is_decoded(mimetype: str, body: bytes) -> None:
    assert len(contents(body, mimetype)) == 1


@pytest.mark.parametrize(("body", "mimetype"), [(b"a=b", FORM), (b"text", ""), (b"<a/>", "application/xml"), (b"", "")])
def test_an_unsupported_content_type_is_refused(body: bytes, mimetype: str) -> None:
    assert (problem(body, mimetype).status, problem(body, mimetype).code) == (415, "content_type_unsupported")


@pytest.mark.parametrize(
    ("body", "location"),
    [
        (b'[{"text":"a"},]', "at byte 14"),
        (b'["a" "b"]', "at byte 5"),
        (b'["a', "incomplete at its end"),
        (b"[" * 100_000, "nested too deeply"),
        (b'\xef\xbb\xbf{"text":"a"}', "at byte 0"),
        (b"['a']", "at byte 1"),
        (b"[NaN]", "at byte 1"),
        (b"[01]", "at byte 2"),
        (b'["\x00"]', "at byte 2"),
        (b'["\\q"]', "at byte 3"),
        (b"", "incomplete at its end"),
        (b"{1:2}", "at byte 1"),
        (b'{"text":"a",}', "at byte 12"),
        (b'{"text":', "incomplete at its end"),
    ],
)
def test_invalid_json_is_answered_with_an_offset_and_not_quoted(body: bytes, location: str) -> None:
    error = problem(body)

    assert (error.status, error.code) == (400, "json_invalid")
    assert f"({location})" in error.detail


def test_only_the_line_that_is_not_json_is_rejected() -> None:
    body = b'{"text":"a"}\nQUOKKA\n{"text": QUOKKA}\n{"QUOKKA":"\xff"}\n{"a":1e999}\n"b"'

    assert problems(body) == [
        "",
        "The record is not valid JSON (at byte 0).",
        "The record is not valid JSON (at byte 9).",
        "The record is not valid JSON (no UTF-8 at byte 11).",
        "The record is not valid JSON (a number is out of range).",
        "",
    ]


def test_lines_without_any_json_are_refused() -> None:
    error = problem(b"QUOKKA\n{QUOKKA}\n", NDJSON)

    assert (error.status, error.code) == (400, "json_invalid")
    assert error.detail == (
        "No line of the body is valid JSON. The first record: The record is not valid JSON (at byte 0)."
    )


def test_concatenated_objects_end_where_the_json_does() -> None:
    assert [record.content for record in decode(b'{"text":"a"}{"text":QUOKKA}{"text":"c"}', JSON)] == [
        {"text": "a"},
        None,
    ]


def test_a_record_larger_than_any_text_is_not_parsed() -> None:
    (record,) = decode(b'"' + b"x" * MAX_RECORD_BYTES + b'"', NDJSON)

    assert record.problem is not None
    assert record.problem.code == "text_too_long"


@pytest.mark.parametrize(
    ("body", "offset"),
    [(b"\xff", 0), (b"a\x80", 1), ("é".encode()[:1], 0), (b"ab\xed\xa0\x80", 2), (b"abc\xc0\xaf", 3)],
)
def test_invalid_utf8_is_answered_with_the_offset(body: bytes, offset: int) -> None:
    with pytest.raises(Problem) as error:
        decode_utf8(body)

    assert (error.value.status, error.value.code) == (400, "utf8_invalid")
    assert error.value.detail == f"The body is not valid UTF-8 (at byte {offset}); send it in UTF-8."


def test_all_lengths_and_nul_are_decoded() -> None:
    assert decode_utf8("\x00é日😀".encode()) == "\x00é日😀"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []),
        (" , \n", []),
        ('{"a":1}{"a":2}', ['{"a":1}', '{"a":2}']),
        ('{"a":"}{"} , [1]', ['{"a":"}{"}', "[1]"]),
        ('[{"a":1},{"a":2}] rest', ['{"a":1}', '{"a":2}']),
        ('{"a":1} rest {"a":2}', ['{"a":1}', 'rest {"a":2}']),
        ('{"a":', ['{"a":']),
        ("[" * 100_000, ["[" * 99_999]),
    ],
)
def test_concatenated_json_is_split_into_values(text: str, values: list[str]) -> None:
    assert list(split_json_objects(text)) == values
