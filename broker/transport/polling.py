"""Asynchronous SQS calls, whose failures are answers and not exceptions.

They run on the worker's event loop.

Written against kombu 5.7.0 and botocore 1.44. ARCHITECTURE.md lists the overrides.
"""

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
"""The entry of an answer that stands for a failed call. Its value is the HTTP status, or 599 without an answer."""

# SQS's usual answer takes milliseconds. With a long poll of `topology.LONG_POLL_SECONDS` a poll that meets a hanging
# SQS ends early enough for work to go on within 10 s of the end of the hang.
ANSWER_SECONDS = 2.5
"""How long SQS may take to answer, beyond the wait that a long poll asks for."""

OnAnswer = Callable[[dict[str, Any]], None]


class TimedHTTPConnection(AsyncHTTPSConnection):
    """An HTTP connection that gives up after `timeout` seconds."""

    def getrequest(self) -> Any:
        """Return the request, with the timeout set on its curl handle.

        Stock kombu puts the timeout into the request but never passes it to curl, so a call that gets no answer never
        ends, and the queue is never polled again.
        """
        request = super().getrequest()
        request.on_prepare = self._set_timeout
        return request

    def _set_timeout(self, curl: Any) -> None:
        curl.setopt(pycurl.TIMEOUT_MS, int(self.timeout * 1000))


@dataclass(frozen=True, slots=True)
class UnsignedCallResponse:
    """The response to a call that could not be signed."""

    status: int = 599


class PollingConnection(AsyncSQSConnection):
    """Stock kombu's SQS client, made to survive failed calls.

    Stock kombu raises on the worker's event loop when a call fails or can't be signed, which ends the worker.

    This class renews expired credentials in a thread. boto3 would stop the event loop for as long as the credentials'
    endpoint takes, up to 9 s if it hangs, and with the loop the heartbeat of every message that the worker holds.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wait_seconds = 0.0
        self._credentials: Credentials | None = None
        self._renewing = False
        self._awaiting_credentials: list[Callable[[Credentials | None], None]] = []

    def make_request(
        self, operation_name: str, params: dict[str, Any], *args: Any, callback: Any = None, **kwargs: Any
    ) -> Any:
        """Start a call with a timeout of its long poll and ANSWER_SECONDS.

        Stock kombu signs in this method, on the event loop, and raises if it can't. This override never raises: a call
        that can't be signed is answered from the event loop, like any failed call.
        """
        callback = callback or promise()
        call = partial(super().make_request, operation_name, params, *args, callback=callback, **kwargs)
        send = partial(self._send, call, params.get("WaitTimeSeconds", 0), callback)
        # The private attributes of boto3's client and credentials, because its public `get_frozen_credentials` renews
        # first and blocks meanwhile.
        credentials: Any = self.sqs_connection._request_signer._credentials
        if not isinstance(credentials, RefreshableCredentials) or not credentials.refresh_needed():
            send(credentials)
            return callback
        if credentials.refresh_needed(credentials._mandatory_refresh_timeout):  # type: ignore[attr-defined]  # stubs
            self._awaiting_credentials.append(send)
        else:
            # They expire soon but still sign.
            send(_copy_credentials(credentials._frozen_credentials))  # type: ignore[attr-defined]  # stubs
        if not self._renewing:
            self._renewing = True
            threading.Thread(target=self._renew, args=(credentials,), name="credentials", daemon=True).start()
        return callback

    def _renew(self, credentials: RefreshableCredentials) -> None:
        try:
            renewed = _copy_credentials(credentials.get_frozen_credentials())
        except Exception as error:  # noqa: BLE001 - whatever it is, the calls that wait must be answered
            logger.debug("no credentials (%s)", type(error).__name__)
            renewed = None
        self._httpclient.hub.call_soon(self._on_renewed, renewed)

    def _on_renewed(self, credentials: Credentials | None) -> None:
        self._renewing = False
        waiting, self._awaiting_credentials = self._awaiting_credentials, []
        for send in waiting:
            # Each call in its own turn of the event loop, so that what one answer sets off does not delay the others.
            self._httpclient.hub.call_soon(send, credentials)

    def _send(
        self, call: Callable[[], Any], wait_seconds: float, callback: Any, credentials: Credentials | None
    ) -> None:
        # `call` reads both at once, in `get_http_connection` and `_create_json_request`: kombu passes no argument on.
        self._wait_seconds, self._credentials = wait_seconds, credentials
        try:
            if credentials is not None:
                call()
                return
        except BotoCoreError as error:
            logger.debug("no credentials (%s)", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a queue that nobody polls any more is worse
            logger.error("a call could not be made (%s)", type(error).__name__)
        self._httpclient.hub.call_soon(partial(callback, UnsignedCallResponse()))

    def _create_json_request(self, *args: Any, **kwargs: Any) -> Any:
        """Build the request, to be signed with the credentials at hand.

        Without this entry in the context botocore's signer asks the client's credentials, which may renew and block.
        """
        request = super()._create_json_request(*args, **kwargs)
        request.context["signing"] = {"request_credentials": self._credentials}
        return request

    def get_http_connection(self) -> TimedHTTPConnection:
        """Return a connection for one call; `make_request` calls this.

        Stock kombu's connection has no effective timeout.
        """
        return TimedHTTPConnection(timeout=self._wait_seconds + ANSWER_SECONDS, http_client=self._httpclient)

    def delete_batch(self, queue_url: str, receipts: Sequence[str], on_answer: OnAnswer) -> None:
        """Call DeleteMessageBatch for up to 10 messages.

        The entries' ids are their indexes.

        Stock kombu's `delete_message_batch` wants message objects, and raises when the call fails.
        """
        entries = [{"Id": str(index), "ReceiptHandle": receipt} for index, receipt in enumerate(receipts)]
        self._call_batch("DeleteMessageBatch", queue_url, entries, on_answer)

    def change_visibility_batch(
        self, queue_url: str, receipts: Sequence[str], seconds: int, on_answer: OnAnswer
    ) -> None:
        """Call ChangeMessageVisibilityBatch for up to 10 messages.

        The entries' ids are their indexes.
        """
        entries = [
            {"Id": str(index), "ReceiptHandle": receipt, "VisibilityTimeout": seconds}
            for index, receipt in enumerate(receipts)
        ]
        self._call_batch("ChangeMessageVisibilityBatch", queue_url, entries, on_answer)

    def _call_batch(self, operation: str, queue_url: str, entries: list[dict[str, Any]], on_answer: OnAnswer) -> None:
        parameters = {"json": {"Entries": entries}}
        # `get_list`, because its handler of answers is `_on_list_ready`, which never raises here.
        self.get_list(operation, {}, [], queue_url, callback=promise(on_answer), protocol_params=parameters)

    def _on_list_ready(self, parent: Any, markers: Any, operation: str, response: Any) -> dict[str, Any]:
        """Return the parsed answer, or one with FAILED_STATUS.

        Stock kombu returns an empty list for a 5xx or a timeout, which looks like an empty queue, and raises for any
        other status, which ends the worker.
        """
        if response.status != self.STATUS_CODE_OK:
            return {FAILED_STATUS: response.status}
        try:
            answer: dict[str, Any] = super()._on_list_ready(parent, markers, operation, response)
        except Exception:  # noqa: BLE001 - a proxy's page with status 200 is a failed call too
            return {FAILED_STATUS: response.status}
        return answer

    def _on_status_ready(self, parent: Any, operation: str, response: Any) -> int:
        """Return the status, and log a failed call.

        Stock kombu raises, which ends the worker.
        """
        if response.status != self.STATUS_CODE_OK:
            logger.warning("%s failed (status %d)", operation, response.status)
        return int(response.status)


def _copy_credentials(credentials: Any) -> Credentials:
    return Credentials(credentials.access_key, credentials.secret_key, credentials.token)
