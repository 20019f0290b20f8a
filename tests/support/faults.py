"""What tests/support/fault_proxy.py can make of a call, and the answers that tell of it."""

import itertools
import json
import random
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, get_args

Service = Literal["sqs", "sns", "dynamodb", "kms"]
SERVICES: tuple[Service, ...] = get_args(Service)


@dataclass(frozen=True)
class Answer:
    """What a client reads."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes


class Silence(Enum):
    """The faults that come without an answer."""

    REFUSE = "refuse"
    HANG = "hang"


@dataclass(frozen=True)
class Status:
    """The fault that is an answer."""

    code: int
    aws_error_code: str

    def answer(self, service: Service | None) -> Answer:
        """In the words of `service`: SNS speaks AWS's query protocol, the others JSON."""
        code = self.aws_error_code
        if service == "sns":
            body = f"<ErrorResponse><Error><Code>{code}</Code><Message>fault</Message></Error></ErrorResponse>".encode()
            headers = [("Content-Type", "text/xml")]
        else:
            body = json.dumps({"__type": f"com.amazonaws#{code}", "message": "fault"}).encode()
            headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-query-error", f"{code};Sender")]
        return Answer(self.code, "Fault", headers, body)


def _call_with(call: dict[str, Any], name: str, left: list[Any]) -> bytes | None:
    return json.dumps(call | {name: left}).encode() if left else None


def _done(answer: dict[str, Any]) -> Answer:
    return Answer(200, "OK", [("Content-Type", "application/x-amz-json-1.0")], json.dumps(answer).encode())


class FailingEntries:
    """Every nth entry of an operation of SQS that takes batches, counted over all its calls.

    Args:
        every: n; with 1 all of them fail.
    """

    def __init__(self, every: int) -> None:
        self._every = every
        self._places = itertools.count(1)

    def take_from(self, body: bytes) -> tuple[bytes | None, list[str]]:
        """The call without the entries that fail, None when there is no other, and the ids of those."""
        call: dict[str, Any] = json.loads(body)
        failed = [entry["Id"] for entry in call["Entries"] if next(self._places) % self._every == 0]
        left = [entry for entry in call["Entries"] if entry["Id"] not in failed]
        return _call_with(call, "Entries", left), failed

    @staticmethod
    def report(answer: Answer | None, failed: list[str]) -> Answer:
        """SQS's answer about a batch of which some entries failed.

        Args:
            answer: the engine's about the others; None when there are none.
            failed: ids of entries.
        """
        entries = [{"Id": its, "SenderFault": False, "Code": "InternalError", "Message": ""} for its in failed]
        others: dict[str, Any] = json.loads(answer.body) if answer else {"Successful": []}
        return _done(others | {"Failed": [*others.get("Failed", []), *entries]})


class FailingStatements:
    """A share of the statements of BatchExecuteStatement, chosen by chance.

    Args:
        share: 0 to 1.
        seed: of the chance.
        tenant: whose statements; empty for all.
    """

    def __init__(self, share: float, seed: int, tenant: str) -> None:
        self._share = share
        self._chance = random.Random(seed)
        self._tenant = tenant

    def take_from(self, body: bytes) -> tuple[bytes | None, list[str]]:
        """The call without the statements that fail, None when there is no other, and the places of those."""
        call: dict[str, Any] = json.loads(body)
        failed = [place for place, statement in enumerate(call["Statements"]) if self._hits(statement)]
        left = [statement for place, statement in enumerate(call["Statements"]) if place not in failed]
        return _call_with(call, "Statements", left), [str(place) for place in failed]

    def _hits(self, statement: dict[str, Any]) -> bool:
        return (
            not self._tenant or {"S": self._tenant} in statement["Parameters"]
        ) and self._chance.random() < self._share

    @staticmethod
    def report(answer: Answer | None, failed: list[str]) -> Answer:
        """DynamoDB's answer about a batch of which some statements were throttled.

        Args:
            answer: the engine's about the others; None when there are none.
            failed: places of statements.
        """
        others: dict[str, Any] = json.loads(answer.body) if answer else {"Responses": []}
        responses = others["Responses"]
        for place in map(int, failed):
            responses.insert(place, {"Error": {"Code": "ThrottlingError", "Message": ""}})
        return _done(others | {"Responses": responses})


class ThrottledCalls:
    """Every call of BatchExecuteStatement with a statement of one tenant.

    Args:
        tenant: whose.
    """

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def take_from(self, body: bytes) -> tuple[bytes | None, list[str]]:
        """The call, or None when it is throttled."""
        parameters = (its for statement in json.loads(body)["Statements"] for its in statement["Parameters"])
        return (None, [self._tenant]) if {"S": self._tenant} in parameters else (body, [])

    @staticmethod
    def report(answer: Answer | None, failed: list[str]) -> Answer:
        """DynamoDB's answer about the call."""
        throttled = Status(400, "ProvisionedThroughputExceededException").answer("dynamodb")
        return throttled if answer is None else answer


class UnprocessedWrites:
    """Every nth request of BatchWriteItem, counted over all calls.

    Args:
        every: n; with 1 none is done.
        after: so many are done first.
    """

    def __init__(self, every: int, after: int) -> None:
        self._every = every
        self._after = after
        self._places = itertools.count(1)

    def take_from(self, body: bytes) -> tuple[bytes | None, list[str]]:
        """The call without the requests that are not done, None when there is no other, and those, as JSON."""
        call: dict[str, Any] = json.loads(body)
        (table, requests), *others = call["RequestItems"].items()
        assert not others
        left, failed = [], []
        for request in requests:
            place = next(self._places)
            if place <= self._after or place % self._every:
                left.append(request)
            else:
                failed.append(json.dumps({table: [request]}))
        return (json.dumps(call | {"RequestItems": {table: left}}).encode() if left else None), failed

    @staticmethod
    def report(answer: Answer | None, failed: list[str]) -> Answer:
        """DynamoDB's answer about a batch of which it did some.

        Args:
            answer: the engine's about the others; None when there are none.
            failed: requests, as JSON.
        """
        others: dict[str, Any] = json.loads(answer.body) if answer else {}
        unprocessed: dict[str, list[Any]] = {}
        for table, requests in (item for text in failed for item in json.loads(text).items()):
            unprocessed.setdefault(table, []).extend(requests)
        return _done(others | {"UnprocessedItems": unprocessed})


class LostAnswers:
    """A share of the calls, chosen by chance, is done, but the connection breaks before the answer.

    Args:
        share: 0 to 1.
        seed: of the chance.
    """

    def __init__(self, share: float, seed: int) -> None:
        self._share = share
        self._chance = random.Random(seed)

    def takes_one(self) -> bool:
        """Whether the answer of this call is lost."""
        return self._chance.random() < self._share
