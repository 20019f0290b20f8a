"""A decoder returns records or raises a Problem, whatever is sent."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.webapp.protocols.test_loki import in_protobuf
from tests.unit.webapp.protocols.test_otlp import RECORD, encoded
from webapp.http.problems import Problem
from webapp.ingest.decoding import decode
from webapp.protocols import axiom
from webapp.protocols.elasticsearch import bulk
from webapp.protocols.loki import push
from webapp.protocols.otlp import json_format, protobuf_format
from webapp.protocols.splunk import events

Decode = Callable[[bytes], Sequence[Any]]

OTLP = encoded(RECORD, resource={"service.name": "shop"}).SerializeToString()
DECODERS: dict[str, tuple[Decode, bytes]] = {
    "OTLP in protobuf": (protobuf_format.decode, OTLP),
    "OTLP in JSON": (
        json_format.decode,
        b'{"resourceLogs":[{"resource":{"attributes":[{"key":"a","value":{"intValue":"1"}}]},"scopeLogs":[{"logRecords":'
        b'[{"timeUnixNano":"1769860800123456789","traceId":"5b8e","body":{"kvlistValue":{"values":[{"key":"k"}]}}}]}]}]}',
    ),
    "Loki in JSON": (push.decode_json, b'{"streams":[{"stream":{"a":"b"},"values":[["17","x",{"c":"d"}]]}]}'),
    "Loki in protobuf": (
        push.decode_protobuf,
        in_protobuf("a line", metadata={"a": "b"}),
    ),
    "Splunk": (events.decode_events, b'{"event":{"a":1},"time":1.5,"fields":{"b":"c"}}{"event":"x"}'),
    "Axiom's array": (lambda data: axiom.decode(data, "_time"), b'[{"_time":17,"message":"x"},{"a":1}]'),
    "Axiom's lines": (lambda data: axiom.decode(data, "_time"), b'{"_time":17,"message":"x"}\n{"a":1}\n'),
    "NDJSON": (lambda data: list(decode(data, "application/x-ndjson")), b'{"text":"x"}\n"y"\n'),
    "JSON": (lambda data: list(decode(data, "application/json")), b'{"tenant_id":"t","logs":[{"text":"x"},"y"]}'),
    "JSON objects": (lambda data: list(decode(data, "application/json")), b'{"text":"x"}{"text":"y"}'),
    "MessagePack": (lambda data: list(decode(data, "application/msgpack")), msgpack.packb([{"text": "x"}, "y"])),
    "MessagePack logs": (
        lambda data: list(decode(data, "application/msgpack")),
        msgpack.packb({"tenant_id": "t", "logs": [{"text": "x"}, {"a": [1.5, None]}]}),
    ),
    "Fluent Bit's events": (
        lambda data: list(decode(data, "application/msgpack")),
        msgpack.packb([[msgpack.ExtType(0, b"12345678"), {}], {"log": "x"}]) * 2,
    ),
    "Elasticsearch": (
        lambda data: bulk.decode(data, "i"),
        b'{"create":{"_index":"a","_id":"b"}}\n{"message":"x","@timestamp":17}\n',
    ),
}


@pytest.mark.parametrize(("decoder", "body"), DECODERS.values(), ids=DECODERS.keys())
@settings(max_examples=100)
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 8))
def test_a_damaged_body_raises_nothing_but_a_problem(decoder: Decode, body: bytes, seed: int, changes: int) -> None:
    chance = random.Random(seed)
    damaged = bytearray(body)
    for _ in range(changes):
        at = chance.randrange(len(damaged))
        damaged[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3)) or b'"'

    try:
        decoder(bytes(damaged))
    except Problem as problem:
        assert problem.status in (400, 413)


@pytest.mark.parametrize("decoder", [decoder for decoder, _ in DECODERS.values()], ids=DECODERS.keys())
@settings(max_examples=100)
@given(body=st.binary(min_size=1))
def test_any_bytes_raise_nothing_but_a_problem(decoder: Decode, body: bytes) -> None:
    try:
        decoder(body)
    except Problem as problem:
        assert problem.status in (400, 413)
