"""The page at `/` for browsers, and what Elasticsearch's clients get there."""

import re

import pytest
from flask.testing import FlaskClient

from settings import settings
from topology import VERSION
from webapp import create_app
from webapp.http import home

CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture
def home_client() -> FlaskClient:
    return create_app().test_client()


def test_a_browser_gets_a_page_that_links_to_all_others(home_client: FlaskClient) -> None:
    answer = home_client.get("/", headers={"Accept": CHROMIUM})

    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    assert f"Sluice <small>{VERSION}</small>" in answer.text
    links = set(re.findall('href="([^"]*)"', answer.text))
    flower = f"http://{settings.host}:{settings.flower_port}"
    assert links == {"/docs", "/openapi.json", "/readyz", "/healthz", "/metrics", flower}
    paths = {rule.rule for rule in home_client.application.url_map.iter_rules()}
    assert links - {flower} <= paths


def test_the_page_loads_nothing_and_runs_nothing(home_client: FlaskClient) -> None:
    answer = home_client.get("/", headers={"Accept": "text/html"})

    assert not re.search("<script|src=|<link|url\\(|@import| on[a-z]+=", answer.text)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_on_real_aws_the_page_names_no_flower(home_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "settings", settings.model_copy(update={"engine_credentials": None}))

    assert "Flower" not in home_client.get("/", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "application/json",
        "application/vnd.elasticsearch+json",
        "application/vnd.elasticsearch+json; compatible-with=8",
        "application/json, text/plain, */*",
        "application/json, text/html",
    ],
)
def test_an_elasticsearch_client_gets_name_and_version(home_client: FlaskClient, accept: str | None) -> None:
    answer = home_client.get("/", headers={"Accept": accept} if accept else {})

    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json is not None
    assert answer.json["tagline"] == "You Know, for Search"
    assert answer.headers["X-Elastic-Product"] == "Elasticsearch"
