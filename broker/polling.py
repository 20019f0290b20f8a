"""Asynchronous SQS calls, on the worker's event loop, whose failures are answers."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import pycurl  # type: ignore[import-untyped]  # it has no stubs
from kombu.asynchronous.aws.connection import AsyncHTTPSConnection
from kombu.asynchronous.aws.sqs.connection import AsyncSQSConnection
from vine import promise

logger = logging.getLogger(__name__)

FAILED_STATUS = "FailedStatus"
"""The key of an answer that stands for a failed call; its value is HTTP's status, 599 when there was no answer."""

ANSWER_SECONDS = 2.5
"""How long SQS may take to answer, beyond the wait that a long poll asks for."""

Answered = Callable[[dict[str, Any]], None]


class TimedHTTPConnection(AsyncHTTPSConnection):
    """Gives up after `timeout` seconds.

    Stock kombu (5.7.0) notes a timeout on the request but never tells curl, so a call that gets no answer never ends.
    """

    def getrequest(self) -> Any:
        """The request, with the timeout set on the curl handle that will carry it."""
        request = super().getrequest()
        request.on_prepare = self._limit
        return request

    def _limit(self, curl: Any) -> None:
        curl.setopt(pycurl.TIMEOUT_MS, int(self.timeout * 1000))


class PollingConnection(AsyncSQSConnection):
    """Stock kombu raises on the worker's event loop when a call fails, which ends the worker."""

    _wait_seconds = 0.0

    def make_request(self, operation_name: str, params: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Start a call, which gets as much time as its long poll and an answer take."""
        self._wait_seconds = params.get("WaitTimeSeconds", 0)
        return super().make_request(operation_name, params, *args, **kwargs)

    def get_http_connection(self) -> TimedHTTPConnection:
        """Called by `make_request` for each call."""
        return TimedHTTPConnection(timeout=self._wait_seconds + ANSWER_SECONDS, http_client=self._httpclient)

    def delete_batch(self, queue_url: str, receipts: Sequence[str], answered: Answered) -> None:
        """DeleteMessageBatch of up to 10 messages; the entries' ids are their places."""
        entries = [{"Id": str(place), "ReceiptHandle": receipt} for place, receipt in enumerate(receipts)]
        self._call("DeleteMessageBatch", queue_url, entries, answered)

    def change_visibility_batch(
        self, queue_url: str, receipts: Sequence[str], seconds: int, answered: Answered
    ) -> None:
        """ChangeMessageVisibilityBatch of up to 10 messages; the entries' ids are their places."""
        entries = [
            {"Id": str(place), "ReceiptHandle": receipt, "VisibilityTimeout": seconds}
            for place, receipt in enumerate(receipts)
        ]
        self._call("ChangeMessageVisibilityBatch", queue_url, entries, answered)

    def _call(self, operation: str, queue_url: str, entries: list[dict[str, Any]], answered: Answered) -> None:
        parameters = {"json": {"Entries": entries}}
        self.get_list(operation, {}, [], queue_url, callback=promise(answered), protocol_params=parameters)

    def _on_list_ready(self, parent: Any, markers: Any, operation: str, response: Any) -> dict[str, Any]:
        if response.status != self.STATUS_CODE_OK:
            return {FAILED_STATUS: response.status}
        try:
            answer: dict[str, Any] = super()._on_list_ready(parent, markers, operation, response)
        except Exception:  # noqa: BLE001 - a proxy's page with status 200 is a failed call too
            return {FAILED_STATUS: response.status}
        return answer

    def _on_status_ready(self, parent: Any, operation: str, response: Any) -> int:
        if response.status != self.STATUS_CODE_OK:
            logger.warning("%s failed (status %d)", operation, response.status)
        return int(response.status)
