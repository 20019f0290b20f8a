"""Asynchronous SQS calls, on the worker's event loop, whose failures are answers."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pycurl  # type: ignore[import-untyped]  # it has no stubs
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import BotoCoreError
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


@dataclass(frozen=True, slots=True)
class Unsigned:
    """The response to a call that could not be signed."""

    status: int = 599


class PollingConnection(AsyncSQSConnection):
    """Stock kombu raises on the worker's event loop when a call fails, or can't be signed, which ends the worker.

    Credentials that run out are renewed in a thread: boto3's own way would stop the event loop for as long as their
    endpoint takes, up to 9 s when it hangs, and with it the heartbeat of every message that the worker holds.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wait_seconds = 0.0
        self._keys: Credentials | None = None
        self._renewing = False
        self._until_renewed: list[Callable[[Credentials | None], None]] = []

    def make_request(
        self, operation_name: str, params: dict[str, Any], *args: Any, callback: Any = None, **kwargs: Any
    ) -> Any:
        """Start a call, which gets as much time as its long poll and an answer take.

        Never raises; a call that can't be signed is answered from the event loop, as one that fails is.
        """
        callback = callback or promise()
        call = partial(super().make_request, operation_name, params, *args, callback=callback, **kwargs)
        send = partial(self._send, call, params.get("WaitTimeSeconds", 0), callback)
        keys: Any = self.sqs_connection._request_signer._credentials
        if not isinstance(keys, RefreshableCredentials) or not keys.refresh_needed():
            send(keys)
            return callback
        if keys.refresh_needed(keys._mandatory_refresh_timeout):  # type: ignore[attr-defined]  # missing in the stubs
            self._until_renewed.append(send)
        else:
            send(_frozen(keys._frozen_credentials))  # type: ignore[attr-defined]  # missing in the stubs
        if not self._renewing:
            self._renewing = True
            threading.Thread(target=self._renew, args=(keys,), name="credentials", daemon=True).start()
        return callback

    def _renew(self, keys: RefreshableCredentials) -> None:
        try:
            renewed = _frozen(keys.get_frozen_credentials())
        except Exception as error:  # noqa: BLE001 - whatever it is, the calls that wait must be answered
            logger.debug("no credentials (%s)", type(error).__name__)
            renewed = None
        self._httpclient.hub.call_soon(self._renewed, renewed)

    def _renewed(self, keys: Credentials | None) -> None:
        self._renewing = False
        waiting, self._until_renewed = self._until_renewed, []
        for send in waiting:
            # Each in a turn of its own, so that what one answer sets off is not in the way of the others.
            self._httpclient.hub.call_soon(send, keys)

    def _send(self, call: Callable[[], Any], wait_seconds: float, callback: Any, keys: Credentials | None) -> None:
        self._wait_seconds, self._keys = wait_seconds, keys
        try:
            if keys is not None:
                call()
                return
        except BotoCoreError as error:
            logger.debug("no credentials (%s)", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a queue that nobody polls any more is worse
            logger.error("a call could not be made (%s)", type(error).__name__)
        self._httpclient.hub.call_soon(partial(callback, Unsigned()))

    def _create_json_request(self, *args: Any, **kwargs: Any) -> Any:
        # Signing then uses these keys and asks for no others.
        request = super()._create_json_request(*args, **kwargs)
        request.context["signing"] = {"request_credentials": self._keys}
        return request

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


def _frozen(keys: Any) -> Credentials:
    return Credentials(keys.access_key, keys.secret_key, keys.token)
