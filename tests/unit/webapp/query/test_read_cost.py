"""Cost of a page, however many logs there are."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from flask.testing import FlaskClient

from local.engine import Engine
from local.ports import free_port
from models import TABLES, LogRecord, TenantPolicy
from tests.support.ids import make_uuid7
from tests.support.reader import Reader

RECORDS = 100_000
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
PER_SECOND = 10


@pytest.fixture(scope="module")
def full_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the endpoint of an engine for this module.

    The data would slow the other tests down.
    """
    with Engine(free_port(), tmp_path_factory.mktemp("full")) as running, pytest.MonkeyPatch.context() as patch:
        for model in TABLES:
            patch.setattr(model.Meta, "host", running.url)
            patch.setattr(model, "_connection", None)
            # It looks at all records of a tenant for each query.
            patch.setattr(model.Meta, "read_timeout_seconds", 60)
            model.create()
        TenantPolicy.get_secret("full")
        fill(running.url)
        yield running.url


def fill(endpoint: str) -> None:
    """Put RECORDS of one tenant, PER_SECOND from NOON on.

    Past the model, which would take minutes.
    """
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="sluice",
        aws_secret_access_key="sluice",
        config=Config(parameter_validation=False),
    )
    table = LogRecord.Meta.table_name
    for begin in range(0, RECORDS, 25):
        puts = [{"PutRequest": {"Item": _item(number)}} for number in range(begin, begin + 25)]
        client.batch_write_item(RequestItems={table: puts})


def _item(number: int) -> dict[str, Any]:
    return {
        "tenant_id": {"S": "full"},
        "log_id": {"S": make_uuid7(NOON + timedelta(seconds=number / PER_SECOND))},
        "original_text": {"S": f"log {number} of user@example.com"},
        "modified_text": {"S": f"log {number} of [EMAIL]"},
        "processed_at": {"S": "2026-01-31T12:00:00.000Z"},
        "redactions": {"M": {"EMAIL": {"N": "1"}}},
    }


class Calls:
    """Calls of the models to DynamoDB from now on, and their responses."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.bytes = 0
        self.reported_units = 0.0
        for model in (LogRecord, TenantPolicy):
            events = model.get_connection().connection.client.meta.events
            events.register("before-parameter-build.dynamodb", self._note_request)
            events.register("after-call.dynamodb", self._note_answer)

    def _note_request(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.sent.append((model.name, params))

    def _note_answer(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "Query":
            self.bytes += sum(map(count_bytes, parsed["Items"]))
            self.reported_units += parsed["ConsumedCapacity"]["CapacityUnits"]

    def of(self, operation: str) -> list[dict[str, Any]]:
        return [params for name, params in self.sent if name == operation]


def count_bytes(item: dict[str, Any]) -> int:
    """Count the bytes of an item as DynamoDB does.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    size = 0
    for name, typed in item.items():
        ((kind, value),) = typed.items()
        size += len(name.encode())
        size += 3 + count_bytes(value) + len(value) if kind == "M" else len(str(value).encode())
    return size


@pytest.mark.parametrize("ranged", [False, True])
def test_a_page_is_one_query_among_a_hundred_thousand_logs(full_engine: str, client: FlaskClient, ranged: bool) -> None:
    reader = Reader(client, "full", "read")
    middle = NOON + timedelta(seconds=RECORDS // PER_SECOND // 2)
    query = {"since": middle.isoformat(), "until": (middle + timedelta(hours=1)).isoformat()} if ranged else {}
    calls = Calls()

    first = reader.get("/logs", limit=100, order="asc", **query)

    assert first.json is not None
    assert len(first.json["logs"]) == 100
    (sent,) = calls.of("Query")
    assert "FilterExpression" not in sent
    assert "IndexName" not in sent
    # Of the secret that signs the cursor; with a range of whether the index has anything of the tenant, in one.
    assert [name for name, _ in calls.sent if name != "Query"] == ["GetItem"]
    # One more than asked for tells whether there is a next page, and another one is left over.
    assert sent["Limit"] == 102
    assert calls.bytes < 102 * 350
    # Half a unit for each 4 KB; the engine says half a unit for each query, whatever it reads.
    assert math.ceil(calls.bytes / 4096) / 2 <= 4.5
    assert calls.reported_units == 0.5

    # The next one costs the same, wherever it begins.
    second_calls = Calls()
    second = reader.get("/logs", limit=100, order="asc", cursor=first.json["cursor"], **query)
    assert second.json is not None
    assert len(second.json["logs"]) == 100
    assert second.json["logs"][0]["log_id"] > first.json["logs"][-1]["log_id"]
    (sent,) = second_calls.of("Query")
    assert "FilterExpression" not in sent
    assert second_calls.bytes < 102 * 350
