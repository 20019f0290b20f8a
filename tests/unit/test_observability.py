"""Names of errors in logs, without messages, which may quote a text."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pynamodb.exceptions import GetError

from observability import get_error_code, safe_error_summary

THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": "QUOKKA"}}, "GetItem")
UNREACHABLE = EndpointConnectionError(endpoint_url="http://QUOKKA")


def test_an_error_is_summarised_by_type_and_line_without_the_message() -> None:
    try:
        raise KeyError("QUOKKA")
    except KeyError as error:
        summary = safe_error_summary(error)

    assert summary.startswith("KeyError at test_observability.py:")
    assert "QUOKKA" not in summary
    assert safe_error_summary(ValueError("QUOKKA")) == "ValueError"


def test_an_error_is_followed_by_the_cause() -> None:
    try:
        try:
            raise KeyError("QUOKKA")
        except KeyError as cause:
            raise ValueError("QUOKKA") from cause
    except ValueError as error:
        summary = safe_error_summary(error)

    assert summary.startswith("ValueError at test_observability.py:")
    assert ", caused by KeyError at test_observability.py:" in summary
    assert "QUOKKA" not in summary


@pytest.mark.parametrize("error", [THROTTLED, GetError("QUOKKA", THROTTLED)], ids=["botocore", "pynamodb"])
def test_an_aws_response_is_named_by_the_code(error: Exception) -> None:
    assert get_error_code(error) == safe_error_summary(error) == "ThrottlingException"


def test_a_failed_connection_is_named_by_the_causes_type() -> None:
    try:
        raise GetError("QUOKKA", UNREACHABLE) from UNREACHABLE
    except GetError as error:
        assert get_error_code(error) == "EndpointConnectionError"

    assert get_error_code(UNREACHABLE) == "EndpointConnectionError"
