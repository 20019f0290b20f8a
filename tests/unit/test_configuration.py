"""Configuration says the same thing everywhere that it is written."""

import re
import subprocess

import pytest
from dotenv import dotenv_values
from pydantic import ValidationError

import topology
from celeryconfig import broker_pool_limit, broker_transport_options, task_queues, task_routes
from models.logs.write.tenant_pacing import MAX_WAITING
from models.tables.connection import CALLS_AT_ONCE, MAX_CALLS
from settings import ROOT, Settings
from tests.support.processes import COMMANDS


def variables() -> dict[str, str]:
    """Return the default of each environment variable."""
    return {
        str(field.validation_alias or f"SLUICE_{name.upper()}"): str(field.default)
        for name, field in Settings.model_fields.items()
    }


def test_the_example_file_has_each_setting_with_the_default() -> None:
    assert dotenv_values(ROOT / ".env.example") == variables()


def test_the_documentation_has_each_setting_with_the_default() -> None:
    document = (ROOT / "docs" / "configuration.md").read_text()
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`|empty) \|", document, re.MULTILINE)

    assert dict(rows) == variables()


def test_the_procfile_uses_the_settings_defaults() -> None:
    used = re.findall(r"\$\{(\w+):-([^}]*)\}", (ROOT / "Procfile").read_text())

    assert used
    for name, default in used:
        assert variables()[name] == default


def test_the_procfile_has_a_worker_for_every_queue_but_failures() -> None:
    consumed = {match[1] for command in COMMANDS.values() if (match := re.search(r"-Q (\S+)", command))}

    assert COMMANDS.keys() == {"web", "redact", "store", "flower"}
    assert consumed == {topology.REDACT_QUEUE, topology.STORE_QUEUE} == {queue.name for queue in task_queues}
    assert {route["queue"] for route in task_routes.values()} == consumed


def test_all_threads_in_web_may_publish_at_once() -> None:
    threads = re.search(r"--blocking-threads (\d+)", COMMANDS["web"])

    assert threads
    client_config = broker_transport_options["client-config"]
    assert int(threads[1]) <= broker_pool_limit
    assert int(threads[1]) <= client_config["max_pool_connections"]


def test_throttled_tenants_leave_threads_in_store_for_the_others() -> None:
    threads = re.search(r"--concurrency (\d+)", COMMANDS["store"])

    assert threads
    assert int(threads[1]) // 2 >= MAX_WAITING
    assert int(threads[1]) * CALLS_AT_ONCE <= MAX_CALLS


def test_procfile_commands_get_signals_themselves() -> None:
    assert all(command.startswith("exec ") for command in COMMANDS.values())


def test_a_task_is_over_before_the_message_comes_back() -> None:
    defaults = Settings.model_fields

    assert defaults["task_time_limit_seconds"].default < defaults["visibility_timeout_seconds"].default


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("SLUICE_AWS_ENDPOINT_URL", "localhost:4566", "aws_endpoint_url"),
        ("SLUICE_AWS_ENDPOINT_URL", "http://localhost", "aws_endpoint_url"),
        ("PORT", "70000", "PORT"),
        ("SLUICE_QUEUE_PREFIX", "a.b", "queue_prefix"),
        ("SLUICE_LOG_LEVEL", "loud", "log_level"),
        ("SLUICE_ORIGINAL", "shred", "original"),
        ("SLUICE_RETENTION_DAYS", "36501", "retention_days"),
        ("SLUICE_KMS_KEY", "", "kms_key"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, named: str) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ValidationError, match=named):
        Settings()


def test_a_retention_that_is_empty_is_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_RETENTION_DAYS", "")

    assert Settings().retention_days == 0


def test_a_key_file_is_for_the_embedded_engine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_KEY_FILE", "original.key")
    assert Settings().key_file == "original.key"

    monkeypatch.setenv("SLUICE_AWS_ENDPOINT_URL", "")
    with pytest.raises(ValidationError, match="on AWS leave it empty and set SLUICE_KMS_KEY"):
        Settings()


def test_real_credentials_never_go_to_an_engine_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("http://127.0.0.1:4566", "http://localhost:4566", "http://[::1]:4566"):
        monkeypatch.setenv("SLUICE_AWS_ENDPOINT_URL", url)
        assert Settings().engine_credentials == ("sluice", "sluice")


def test_without_an_endpoint_boto3_finds_the_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_KEY_FILE", "")
    monkeypatch.setenv("SLUICE_AWS_ENDPOINT_URL", "")

    assert Settings().endpoint is None
    assert Settings().engine_credentials is None


def test_on_aws_celery_gets_a_url_without_address_or_credentials() -> None:
    python = [
        ROOT / ".venv/bin/python",
        "-c",
        "import celeryconfig as c; print(c.broker_url, c.broker_transport_options)",
    ]

    shown = subprocess.run(
        python,
        env={"SLUICE_AWS_ENDPOINT_URL": "", "SLUICE_KEY_FILE": ""},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert shown.startswith("sqs:// ")
    assert "'is_secure': True" in shown
