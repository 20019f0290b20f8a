"""Flower in a browser, over SQS and SNS, behind a login."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest
import urllib3
from playwright.sync_api import Browser, Page, TimeoutError, expect

from local.engine import Engine
from tests.support.failure_queue import list_dead_letters
from tests.support.processes import Processes
from tests.support.waiting import wait_for

USER, PASSWORD = "operator", "hunter2:with=signs"
TABS = ("pool", "broker", "queues", "tasks", "limits", "config", "system")
SECRET = "zanzibar-quokka"
STEERING = (
    "worker/shutdown/{worker}",
    "worker/pool/restart/{worker}",
    "worker/pool/grow/{worker}",
    "worker/pool/shrink/{worker}",
    "worker/pool/autoscale/{worker}",
    "worker/queue/add-consumer/{worker}",
    "worker/queue/cancel-consumer/{worker}",
    "task/apply/tasks.redact.redact",
    "task/async-apply/tasks.redact.redact",
    "task/send-task/tasks.redact.redact",
    "task/abort/some-task",
    "task/timeout/tasks.redact.redact",
    "task/rate-limit/tasks.redact.redact",
    "task/revoke/some-task",
)


@pytest.fixture(scope="module")
def pipeline(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Start all processes, with a login on Flower."""
    processes = Processes(
        tmp_path_factory.mktemp("processes"), engine.url, SLUICE_FLOWER_BASIC_AUTH=f"{USER}:{PASSWORD}"
    )
    try:
        processes.start("web", "flower", "redact", "store")
        yield processes
    finally:
        codes = processes.stop()
    assert set(codes.values()) == {0}, codes


@pytest.fixture
def page(pipeline: Processes, browser: Browser) -> Iterator[Page]:
    """Open a page of Flower as an operator who is logged in."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{pipeline.flower_port}",
        http_credentials={"username": USER, "password": PASSWORD, "send": "always"},
    )
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    with context, context.new_page() as opened:
        yield opened


def get_online_hostname(page: Page, worker: str) -> str:
    """Return a worker's full name, once the workers page shows it online."""
    page.goto("/workers")
    row = page.locator("#workers-table tbody tr", has_text=f"{worker}@")
    expect(row.locator(".badge")).to_have_text("Online")
    return str(row.locator("td").first.inner_text())


def find_task_page(page: Page, name: str, tenant: str) -> str:
    """Return the path of a task's page, once Flower shows its success."""

    def found() -> str | None:
        page.goto("/tasks")
        # Flower keeps the search for the next look; the first look's rows may be older than the search.
        page.locator("input[type=search]").fill(f"state:SUCCESS name:{name} {tenant}")
        link = page.locator("#tasks-table tbody tr", has_text=name).locator("a[href*='/task/']").first
        with suppress(TimeoutError):
            link.wait_for(timeout=3_000)
            path = link.get_attribute("href")
            page.goto(path)
            return path if f"of tenant {tenant})" in page.content() else None
        return None

    return wait_for(f"{name} of {tenant} as a success in Flower", found)


def test_workers_are_online_before_their_first_task(page: Page) -> None:
    assert get_online_hostname(page, "redact") != get_online_hostname(page, "store")


def test_flower_shows_tasks_with_a_state_and_without_a_text(pipeline: Processes, page: Page, tenant: str) -> None:
    pipeline.post(f"{SECRET} 555-123-4567", content_type="text/plain", x_tenant_id=tenant)

    for name in ("tasks.redact.redact", "tasks.store.store"):
        page.goto(find_task_page(page, name, tenant))
        expect(page.locator("body")).to_contain_text("SUCCESS")
        expect(page.locator("body")).to_contain_text(f"(1 log of tenant {tenant})")
        assert SECRET not in page.content()
    page.goto("/tasks")
    assert SECRET not in page.content()


def test_the_broker_page_shows_every_queue_length(pipeline: Processes, page: Page, tenant: str) -> None:
    for text in ("one", SECRET):  # the second log, under the same id, is a conflict and fails
        body = f'{{"tenant_id": "{tenant}", "log_id": "clash", "text": "{text}"}}'
        assert pipeline.post(body, content_type="application/json").status == 202
    wait_for("the conflict in the failure queue", lambda: list_dead_letters(tenant))

    def lengths() -> dict[str, list[str]]:
        page.goto("/broker")
        rows = page.locator("#queue-table tbody tr").all()
        return {row[0]: row[1:4] for row in (each.locator("td").all_inner_texts() for each in rows)}

    # Reading the failure queue has hidden its messages for a moment.
    failed = wait_for(
        "redact and store empty, and a failure that is ready",
        lambda: (
            (seen := lengths())
            and seen["redact"] == seen["store"] == ["0", "0", "0"]
            and seen["failures"][1] == "0"
            and seen["failures"]
        ),
    )
    assert failed[0] == failed[2] == str(len(list_dead_letters("")))
    assert SECRET not in page.content()


@contextmanager
def stop_pool(pipeline: Processes) -> Iterator[None]:
    """Stop the redact worker's pool processes, so that tasks stay reserved."""
    pool = psutil.Process(pipeline.pid("redact")).children()
    assert pool
    for process in pool:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in pool:
            process.send_signal(signal.SIGCONT)


def test_no_worker_tab_shows_a_log_text(pipeline: Processes, page: Page, tenant: str) -> None:
    workers = {name: get_online_hostname(page, name) for name in ("redact", "store")}
    waiting = 2 * (psutil.cpu_count() or 1)
    with stop_pool(pipeline):
        for number in range(waiting):
            pipeline.post(f"{SECRET} {number}", content_type="text/plain", x_tenant_id=tenant)

        def reserved() -> int:
            page.goto(f"/worker/{workers['redact']}")
            return page.locator("#tab-tasks table", has_text="Reserved tasks").locator("tbody tr").count()

        wait_for("reserved tasks on the redact worker's page", lambda: reserved() == waiting)
        for worker in workers.values():
            page.goto(f"/worker/{worker}")
            for tab in TABS:
                page.locator(f"#worker-tab-{tab}").click()
                expect(page.locator(f"#tab-{tab}")).to_be_visible()
            assert SECRET not in page.content()
            if worker == workers["redact"]:
                expect(page.get_by_text(f"(1 log of tenant {tenant})")).to_have_count(waiting)
            api = page.request.get(f"/api/workers?workername={worker}&refresh=1")
            assert api.ok
            assert SECRET not in api.text()
    find_task_page(page, "tasks.store.store", tenant)


def test_every_page_gets_401_without_the_login(pipeline: Processes) -> None:
    paths = ("/", "/workers", "/workers?json=1", "/tasks", "/tasks/datatable", "/broker", "/api/workers", "/api/tasks")

    assert {pipeline.get_flower(path).status for path in paths} == {401}
    wrong = urllib3.make_headers(basic_auth="operator:guess")
    answer = urllib3.request("GET", f"http://127.0.0.1:{pipeline.flower_port}/workers", headers=wrong, retries=False)
    assert answer.status == 401
    assert "Basic" in answer.headers["WWW-Authenticate"]


def test_commands_to_workers_get_403_and_have_no_buttons(pipeline: Processes, page: Page) -> None:
    worker = get_online_hostname(page, "redact")

    for path in STEERING:
        answer = page.request.post(f"/api/{path.format(worker=worker)}")
        assert answer.status == 403, path

    page.goto(f"/worker/{worker}")
    expect(page.locator("#workername")).to_have_text(worker)
    assert page.locator("#worker-shutdown").count() == 0
    assert pipeline.is_running("redact")


def test_the_login_is_not_in_the_log_or_on_the_command_line(pipeline: Processes, page: Page) -> None:
    get_online_hostname(page, "redact")

    assert PASSWORD not in pipeline.log("flower")
    assert PASSWORD not in " ".join(psutil.Process(pipeline.pid("flower")).cmdline())


def test_kombu_logs_no_topic_that_it_has_not_made(pipeline: Processes) -> None:
    for name in ("redact", "store", "flower"):
        assert "Created SNS topic" not in pipeline.log(name)


def test_workers_stay_online_while_they_are_idle(pipeline: Processes, page: Page) -> None:
    def heartbeats() -> dict[str, int]:
        workers = page.request.get("/workers?json=1").json()["data"]
        return {worker["hostname"].split("@")[0]: worker.get("worker-heartbeat", 0) for worker in workers}

    seen = wait_for("two heartbeats of each worker", lambda: (now := heartbeats()) and min(now.values()) >= 2 and now)

    assert seen.keys() == {"redact", "store"}
    get_online_hostname(page, "redact")
    get_online_hostname(page, "store")
