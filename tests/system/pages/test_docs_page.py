"""Swagger UI at /docs renders the document, and loads no foreign URL."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.processes import Processes


@pytest.fixture
def page(web: Processes, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=f"http://127.0.0.1:{web.web_port}")
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    with context, context.new_page() as opened:
        yield opened


def test_the_page_shows_every_operation_and_loads_no_foreign_url(web: Processes, page: Page) -> None:
    requested: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: messages.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: messages.append(str(error)))

    page.goto("/docs")

    operations = {
        (method.upper(), path)
        for path, operations in web.get("/openapi.json").json()["paths"].items()
        for method in operations
    }
    expect(page.locator(".opblock")).to_have_count(len(operations))
    shown = {
        (
            block.locator(".opblock-summary-method").inner_text(),
            str(block.locator("[data-path]").get_attribute("data-path")),
        )
        for block in page.locator(".opblock").all()
    }
    assert shown == operations
    page.locator(".opblock-summary", has_text="Send logs").first.click()
    expect(page.locator(".opblock-body").first).to_contain_text("too_many_records")
    expect(page.locator(".opblock-body .parameters").first).to_contain_text("Idempotency-Key")
    page.locator("button.authorize").first.click()
    expect(page.locator(".auth-container").first).to_be_visible()
    assert requested
    origin = f"http://127.0.0.1:{web.web_port}/"
    assert [url for url in requested if not url.startswith((origin, "data:"))] == []
    assert messages == []


def test_the_csp_allows_only_scripts_from_sluice(web: Processes) -> None:
    policy = web.get("/docs").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", ["index.html", "..%2findex.html", "oauth2-redirect.html", "x"])
def test_files_that_the_page_does_not_load_are_not_served(web: Processes, name: str) -> None:
    assert web.get(f"/docs/{name}").status == 404
