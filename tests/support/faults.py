"""Faults of tests/support/fault_proxy.py, and the answers that report them."""

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
    """HTTP answer to a client."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes


class Silence(Enum):
    """Faults without an answer."""

    REFUSE = "refuse"
    HANG = "hang"


@dataclass(frozen=True)
class Status:
    """Fault that is an answer with an error."""

    code: int
    aws_error_code: str

    def answer(self, service: Service | None) -> Answer:
        """Build the answer in the protocol of `service`.

        SNS speaks AWS's query protocol, the other services JSON.
        """
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
    """Failure of every nth entry of an SQS operation that takes batches.

    Args:
        every: n, counted over all calls; with 1 all entries fail.
    """

    def __init__(self, every: int) -> None:
        self._every = every
        self._numbers = itertools.count(1)

    def split_call(self, body: bytes) -> tuple[bytes | None, list[str]]:
        """Return the call without the failing entries, and the ids of those.

        The call is None if all entries fail.
        """
        call: dict[str, Any] = json.loads(body)
        failed = [entry["Id"] for entry in call["Entries"] if next(self._numbers) % self._every == 0]
        left = [entry for entry in call["Entries"] if entry["Id"] not in failed]
        return _call_with(call, "Entries", left), failed

    @staticmethod
    def report(answer: Answer | None, failed: list[str]) -> Answer:
        """Build SQS's answer for a batch with failed entries.

        Args:
            answer: the engine's, for the other entries; None if there are none.
            failed: ids of entries.
        """
        entries = [
            {"Id": entry_id, "SenderFault": False, "Code": "InternalError", "Message": ""} for entry_id in failed
        ]
        others: dict[str, Any] = json.loads(answer.body) if answer else {"Successful": []}
        return _done(others | {"Failed": [*others.get("Failed", []), *entries]})


class FailingStatements:
    """Throttling of a random share of BatchExecuteStatement's statements.

    Args:
        share: 0 to 1.
        seed: of the random choice.
        tenant: that the statements write to; empty for all.
    """

    def __init__(self, share: float, seed: int, tenant: str) -> None:
        self._share = share
        self._chance = random.Random(seed)
        self._tenant = tenant

    def split_call(self, body: bytes) -> tuple[bytes | None, list[str]]:
        """Return the call without the throttled statements, and the indexes of those.

        The call is None if all statements are throttled.
        """
        call: dict[str, Any] = json.loads(body)
        failed = [index for index, statement in enumerate(call["Statements"]) if self._hits(statement)]
        left = [statement for index, statement in enumerate(call["Statements"]) if index not in failed]
        return _call_with(call, "Statements", left), [str(index) for index in failed]

    def _hits(self, statement: dict[str, Any]) -> bool:
        return (
            not self._tenant or {"S": self._tenant} in statement["Parameters"]
        ) and self._chance.random() < self._share

    @staticmethod
    def report(answer: Answer | None, failed: list[str]) -> Answer:
        """Build DynamoDB's answer for a batch with throttled statements.

        Args:
            answer: the engine's, for the other statements; None if there are none.
            failed: indexes of statements.
        """
        others: dict[str, Any] = json.loads(answer.body) if answer else {"Responses": []}
        responses = others["Responses"]
        for index in map(int, failed):
            responses.insert(index, {"Error": {"Code": "ThrottlingError", "Message": ""}})
        return _done(others | {"Responses": responses})


class ThrottledCalls:
    """Throttling of every BatchExecuteStatement that writes to one tenant.

    Args:
        tenant: that a statement of the call writes to.
    """

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def split_call(self, body: bytes) -> tuple[bytes | None, list[str]]:
        """Return the call, or None if the call is throttled."""
        statements = json.loads(body)["Statements"]
        parameters = (parameter for statement in statements for parameter in statement["Parameters"])
        return (None, [self._tenant]) if {"S": self._tenant} in parameters else (body, [])

    @staticmethod
    def report(answer: Answer | None, failed: list[str]) -> Answer:
        """Build DynamoDB's answer for the call."""
        throttled = Status(400, "ProvisionedThroughputExceededException").answer("dynamodb")
        return throttled if answer is None else answer


class UnprocessedWrites:
    """Every nth request of BatchWriteItem stays unprocessed.

    Args:
        every: n, counted over all calls; with 1 no request is done.
        after: number of requests that are done first.
    """

    def __init__(self, every: int, after: int) -> None:
        self._every = every
        self._after = after
        self._numbers = itertools.count(1)

    def split_call(self, body: bytes) -> tuple[bytes | None, list[str]]:
        """Return the call without the unprocessed requests, and those as JSON.

        The call is None if all requests are unprocessed.
        """
        call: dict[str, Any] = json.loads(body)
        (table, requests), *others = call["RequestItems"].items()
        assert not others
        left, failed = [], []
        for request in requests:
            number = next(self._numbers)
            if number <= self._after or number % self._every:
                left.append(request)
            else:
                failed.append(json.dumps({table: [request]}))
        return (json.dumps(call | {"RequestItems": {table: left}}).encode() if left else None), failed

    @staticmethod
    def report(answer: Answer | None, failed: list[str]) -> Answer:
        """Build DynamoDB's answer for a batch with unprocessed requests.

        Args:
            answer: the engine's, for the other requests; None if there are none.
            failed: requests, as JSON.
        """
        others: dict[str, Any] = json.loads(answer.body) if answer else {}
        unprocessed: dict[str, list[Any]] = {}
        for table, requests in (item for text in failed for item in json.loads(text).items()):
            unprocessed.setdefault(table, []).extend(requests)
        return _done(others | {"UnprocessedItems": unprocessed})


class LostAnswers:
    """Loss of the answers to a random share of completed calls.

    Args:
        share: 0 to 1.
        seed: of the random choice.
    """

    def __init__(self, share: float, seed: int) -> None:
        self._share = share
        self._chance = random.Random(seed)

    def loses_next(self) -> bool:
        """Return whether the answer to the next call is lost."""
        return self._chance.random() < self._share
