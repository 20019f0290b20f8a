"""API keys in headers that the protocols' clients send."""

import base64

import pytest
from flask import Flask

from webapp.access.protocol_credentials import get_basic_api_key, get_scheme_api_key


@pytest.fixture
def app() -> Flask:
    return Flask(__name__)


@pytest.mark.parametrize(
    ("header", "api_key"),
    [
        ("Splunk slk_key", "slk_key"),
        ("splunk  slk_key ", "slk_key"),
        ("Splunk key=with=signs", "key=with=signs"),
        ("Splunk", None),
        ("Splunk ", None),
        ("Bearer slk_key", None),
        ("", None),
    ],
)
def test_an_api_key_follows_the_scheme_in_any_case(app: Flask, header: str, api_key: str | None) -> None:
    with app.test_request_context(headers={"Authorization": header}):
        assert get_scheme_api_key("Splunk") == api_key


@pytest.mark.parametrize(
    ("login", "api_key"),
    [("user:slk_key", "slk_key"), ("slk_key:", "slk_key"), ("slk_key:x:y", "x:y"), (":", None)],
)
def test_an_api_key_is_the_password_or_else_the_user(app: Flask, login: str, api_key: str | None) -> None:
    header = f"Basic {base64.b64encode(login.encode()).decode()}"
    with app.test_request_context(headers={"Authorization": header}):
        assert get_basic_api_key() == api_key


@pytest.mark.parametrize("header", ["", "Basic", "Basic %%%", "Bearer slk_key"])
def test_other_headers_hold_no_basic_api_key(app: Flask, header: str) -> None:
    with app.test_request_context(headers={"Authorization": header}):
        assert get_basic_api_key() is None
