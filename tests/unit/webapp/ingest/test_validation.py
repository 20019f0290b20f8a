"""Which records become logs, and which are rejected with which code."""

from typing import Any

import pytest

from tasks.batch import Log
from topology import MAX_DEPTH, MAX_LOG_ID_CHARACTERS, MAX_TEXT_BYTES
from webapp.ingest.validation import (
    TEXT_FIELDS,
    IncomingRecord,
    InvalidRecord,
    RecordProblem,
    is_too_deep,
    parse_log_id,
    parse_tenant_id,
    require_record,
    validate_log,
)

NOON = "2026-01-31T12:00:00.000000Z"


def validate(content: Any, **attributes: Any) -> Log:
    return validate_log(IncomingRecord(content, **attributes), lambda index: f"id-{index}", 7)


def reject_code(content: Any, **attributes: Any) -> str:
    with pytest.raises(InvalidRecord) as error:
        validate(content, **attributes)
    return error.value.code


def nest(levels: int) -> Any:
    value: Any = "x"
    for level in range(levels):
        value = {"a": value} if level % 2 else [value]
    return value


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_a_text_field_alone_is_the_text(field: str) -> None:
    assert validate({field: "a log"}) == Log("id-7", "a log", "")


def test_the_first_text_field_wins_and_the_others_make_the_record_whole() -> None:
    assert validate({"message": "b", "text": "a"}).text == '{"message":"b","text":"a"}'
    assert validate({"text": None, "message": "b"}).text == '{"text":null,"message":"b"}'


def test_tenant_id_and_time_are_left_out() -> None:
    content = {"text": "a log", "tenant_id": "t", "log_id": "one", "time": "2026-01-31T12:00:00Z"}

    assert validate(content) == Log("one", "a log", NOON)


def test_a_record_with_further_fields_is_stored_as_it_was_written() -> None:
    raw_json = '{ "text" : "a log", "n": 1.50, "text": "a log" }'

    assert validate({"text": "a log", "n": 1.5}, raw_json=raw_json).text == raw_json
    assert validate({"text": "a log", "n": 1.5}).text == '{"text":"a log","n":1.5}'


def test_a_text_that_is_an_object_is_stored_as_json() -> None:
    assert validate({"event": {"a": [1, None]}}).text == '{"event":{"a":[1,null]}}'
    assert validate({"event": []}).text == '{"event":[]}'


def test_a_time_that_cannot_be_read_stays_in_the_text_and_the_next_field_is_tried() -> None:
    assert validate({"text": "x", "time": "soon"}) == Log("id-7", '{"text":"x","time":"soon"}', "")
    assert validate({"text": "x", "time": "soon", "ts": 1_769_860_800}).event_time == NOON


def test_the_protocols_time_and_id_win_over_the_fields() -> None:
    log = validate({"text": "x", "ts": 1, "id": "mine"}, event_time=NOON, log_id="theirs")

    assert log == Log("theirs", '{"text":"x","ts":1,"id":"mine"}', NOON)


def test_a_string_is_the_text() -> None:
    assert validate("a log\x00\n") == Log("id-7", "a log\x00\n", "")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "text_empty"),
        ({"text": ""}, "text_empty"),
        ({}, "text_missing"),
        ({"level": "info"}, "text_missing"),
        ({"text": None}, "text_missing"),
        ({"text": 5}, "text_not_a_string"),
        ({"msg": True}, "msg_not_a_string"),
        ("é" * (MAX_TEXT_BYTES // 2) + "x", "text_too_long"),
        ({"text": "x" * MAX_TEXT_BYTES, "a": 1}, "text_too_long"),
        ("half of a pair: \ud800", "text_invalid"),
        ({"text": "half of a pair: \ud800", "a": 1}, "not_json"),
        ({"text": "x", (1, 2): "y"}, "not_json"),
        ({"text": "x", "a": nest(MAX_DEPTH)}, "too_deep"),
        ({"text": nest(MAX_DEPTH)}, "too_deep"),
        ({"text": "x", "id": [1]}, "log_id_not_a_string"),
    ],
)
def test_a_record_without_a_usable_text_is_rejected(content: Any, code: str) -> None:
    assert reject_code(content) == code


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"text": 0, "a": 1}, '{"text":0,"a":1}'),
        ({"text": "x", 5: "y"}, '{"text":"x","5":"y"}'),
        ({"text": "x", "n": 2**70}, '{"text":"x","n":1180591620717411303424}'),
        ({"text": "x", "n": float("nan")}, '{"text":"x","n":null}'),
        ({"text": [[]]}, '{"text":[[]]}'),
        ("é" * (MAX_TEXT_BYTES // 2), "é" * (MAX_TEXT_BYTES // 2)),
    ],
)
def test_unusual_values_are_kept_as_json(content: Any, text: str) -> None:
    assert validate(content).text == text


@pytest.mark.parametrize(
    ("record", "log_id"),
    [
        (IncomingRecord("x"), None),
        (IncomingRecord({"text": "x", "log_id": None, "id": None}), None),
        (IncomingRecord({"log_id": "a", "id": "b"}), "a"),
        (IncomingRecord({"log_id": None, "id": "b"}), "b"),
        (IncomingRecord({"id": 17}), "17"),
        (IncomingRecord({"id": 0}), "0"),
        (IncomingRecord({"id": -(2**70)}), str(-(2**70))),
        (IncomingRecord({"id": "x" * MAX_LOG_ID_CHARACTERS}), "x" * MAX_LOG_ID_CHARACTERS),
        (IncomingRecord({"id": "日本 é"}), "日本 é"),
        (IncomingRecord("x", log_id="theirs"), "theirs"),
    ],
)
def test_the_first_id_is_the_logs_id(record: IncomingRecord, log_id: str | None) -> None:
    assert parse_log_id(record) == log_id


@pytest.mark.parametrize(
    ("log_id", "code"),
    [
        ("", "log_id_invalid"),
        ("x" * (MAX_LOG_ID_CHARACTERS + 1), "log_id_invalid"),
        ("a\nb", "log_id_invalid"),
        ("a\x00", "log_id_invalid"),
        ("\ud800", "log_id_invalid"),
        ("a\u200b", "log_id_invalid"),
        (1.0, "log_id_not_a_string"),
        (True, "log_id_not_a_string"),
        ({}, "log_id_not_a_string"),
    ],
)
def test_a_malformed_id_is_rejected(log_id: Any, code: str) -> None:
    with pytest.raises(InvalidRecord) as error:
        parse_log_id(IncomingRecord({"text": "x", "log_id": log_id}))

    assert error.value.code == code


@pytest.mark.parametrize(
    ("field", "envelope", "request_tenant", "tenant"),
    [
        ("a", None, None, "a"),
        (None, "a", None, "a"),
        (None, None, "a", "a"),
        ("a", "a", "a", "a"),
        ("A-Z.a_z" + "0" * 57, None, None, "A-Z.a_z" + "0" * 57),
    ],
)
def test_record_envelope_or_request_name_the_tenant(
    field: str | None, envelope: str | None, request_tenant: str | None, tenant: str
) -> None:
    assert parse_tenant_id(IncomingRecord({"text": "x", "tenant_id": field}, envelope), request_tenant) == tenant


@pytest.mark.parametrize(
    ("field", "envelope", "request_tenant", "code"),
    [
        (None, None, None, "tenant_id_missing"),
        ("a", "b", None, "tenant_id_mismatch"),
        ("a", None, "b", "tenant_id_mismatch"),
        (None, "a", "b", "tenant_id_mismatch"),
        (5, None, None, "tenant_id_not_a_string"),
        (None, ["a"], None, "tenant_id_not_a_string"),
        ("", None, None, "tenant_id_invalid"),
        ("a" * 65, None, None, "tenant_id_invalid"),
        ("a\n", None, None, "tenant_id_invalid"),
        ("a/b", None, None, "tenant_id_invalid"),
        ("é", None, None, "tenant_id_invalid"),
        (None, None, "a b", "tenant_id_invalid"),
    ],
)
def test_a_missing_different_or_malformed_tenant_is_rejected(
    field: Any, envelope: Any, request_tenant: str | None, code: str
) -> None:
    with pytest.raises(InvalidRecord) as error:
        parse_tenant_id(IncomingRecord({"text": "x", "tenant_id": field}, envelope), request_tenant)

    assert error.value.code == code


@pytest.mark.parametrize("content", [None, 5, 1.5, True, [], ["x"], b"x"])
def test_only_an_object_or_a_text_is_a_record(content: Any) -> None:
    with pytest.raises(InvalidRecord) as error:
        require_record(IncomingRecord(content))

    assert error.value.code == "not_an_object"
    require_record(IncomingRecord({}))
    require_record(IncomingRecord(""))


def test_a_decoding_problem_rejects_the_record() -> None:
    with pytest.raises(InvalidRecord) as error:
        require_record(IncomingRecord({"text": "x"}, problem=RecordProblem("a_code", "What to do.")))

    assert (error.value.code, error.value.detail) == ("a_code", "What to do.")


@pytest.mark.parametrize("levels", [0, 1, MAX_DEPTH])
def test_up_to_the_limit_a_value_is_not_too_deep(levels: int) -> None:
    assert not is_too_deep(nest(levels))


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, MAX_DEPTH + 8, 100_000])
def test_beyond_the_limit_a_value_is_too_deep(levels: int) -> None:
    assert is_too_deep(nest(levels))
