"""Records of a body in MessagePack."""

from datetime import UTC, datetime
from typing import Any

import msgpack
import pytest

from webapp.http.problems import Problem
from webapp.ingest.message_pack import MAX_ENVELOPE_FIELDS, MAX_RECORD_BYTES, decode_message_pack
from webapp.ingest.validation import IncomingRecord

RECORD = {"text": "a"}
HALF_PAST = "2026-01-31T12:00:00.500000Z"
EVENT_TIME = msgpack.ExtType(0, (1_769_860_800).to_bytes(4, "big") + (500_000_000).to_bytes(4, "big"))


def decode(*values: Any, **options: Any) -> list[IncomingRecord]:
    return list(decode_message_pack(b"".join(msgpack.packb(value, **options) for value in values)))


def contents(*values: Any, **options: Any) -> list[Any]:
    return [record.content for record in decode(*values, **options)]


def test_a_map_is_a_record() -> None:
    assert contents(RECORD) == [RECORD]


def test_each_value_in_a_stream_is_a_record() -> None:
    assert contents(RECORD, "b", {"text": "c"}) == [RECORD, "b", {"text": "c"}]


def test_each_item_in_an_array_is_a_record() -> None:
    assert contents([RECORD, "b"]) == [RECORD, "b"]
    assert contents([]) == []
    assert contents([RECORD] * 70_000) == [RECORD] * 70_000


def test_an_envelope_names_the_tenant() -> None:
    records = decode({"tenant_id": "t", "logs": [RECORD, "b"]})

    assert [(record.content, record.tenant_id) for record in records] == [(RECORD, "t"), ("b", "t")]
    assert contents({b"logs": [b"a"]}, use_bin_type=False) == ["a"]


@pytest.mark.parametrize("logs", ["a", {"a": 1}, None])
def test_a_map_with_logs_that_are_not_an_array_is_a_record(logs: Any) -> None:
    assert contents({"logs": logs}) == [{"logs": logs}]


def test_a_map_with_many_fields_is_a_record_not_an_envelope() -> None:
    fields = {f"field{number}": number for number in range(MAX_ENVELOPE_FIELDS)} | {"logs": ["a"]}

    assert contents(fields) == [fields]


@pytest.mark.parametrize("time", [EVENT_TIME, 1_769_860_800.5, msgpack.Timestamp(1_769_860_800, 500_000_000)])
@pytest.mark.parametrize("metadata", [True, False])
@pytest.mark.parametrize("events", [1, 2, 3])
def test_fluent_bits_events_have_a_time(time: Any, metadata: bool, events: int) -> None:
    event = [[time, {"a": 1}] if metadata else time, {"log": "x"}]

    records = decode(*[event] * events)

    assert [(record.content, record.event_time) for record in records] == [({"log": "x"}, HALF_PAST)] * events


def test_two_records_in_an_array_are_not_an_event() -> None:
    assert contents([RECORD, {"text": "b"}]) == [RECORD, {"text": "b"}]
    assert contents(["a", {"text": "b"}]) == ["a", {"text": "b"}]


@pytest.mark.parametrize(
    ("value", "content"),
    [
        ({"text": b"bytes \xff"}, {"text": "bytes \ufffd"}),
        ({b"text": b"a"}, {"text": "a"}),
        ({1: {2: [b"x"]}}, {1: {2: ["x"]}}),
        ({"t": msgpack.Timestamp(0)}, {"t": datetime(1970, 1, 1, tzinfo=UTC)}),
        ({"n": 2**64 - 1, "m": -(2**63), "f": 0.1, "none": None, "t": True}, None),
        ("\x00", "\x00"),
        (5, 5),
        (None, None),
    ],
)
def test_values_become_jsons_types(value: Any, content: Any) -> None:
    assert contents(value) == [value if content is None else content]


def test_invalid_utf8_in_a_text_is_replaced() -> None:
    assert [record.content for record in decode_message_pack(b"\xa3a\xffb")] == ["a\ufffdb"]


def test_only_the_record_that_is_too_large_is_not_decoded() -> None:
    large, small = decode({"text": "x" * MAX_RECORD_BYTES}, RECORD)

    assert large.problem is not None
    assert large.problem.code == "text_too_long"
    assert small.content == RECORD


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xc1", id="a byte that MessagePack never uses"),
        pytest.param(b"\x82\xa4text", id="a map that breaks off"),
        pytest.param(b"\xdd\xff\xff\xff\xff", id="an array of four billion items that are not there"),
        pytest.param(b"\xdf\xff\xff\xff\xff", id="a map of four billion fields that are not there"),
        pytest.param(b"\xc6\xff\xff\xff\xff", id="four GiB that are not there"),
        pytest.param(b"\x91" * 100_000, id="deep arrays"),
        pytest.param(b"\x81\xa1a" * 100_000, id="deep maps"),
        pytest.param(b"\x81\x90\x90", id="an array as a key"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_a_malformed_body_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as error:
        list(decode_message_pack(body))

    assert (error.value.status, error.value.code) == (400, "msgpack_invalid")


def test_records_before_the_damage_are_decoded() -> None:
    records = decode_message_pack(msgpack.packb(RECORD) + b"\xc1")

    assert next(records).content == RECORD
    with pytest.raises(Problem):
        next(records)
