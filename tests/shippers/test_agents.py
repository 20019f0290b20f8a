"""Agents send every line once, with the documented configurations.

Debian 12, PyPI and npm have no packages for these agents, so each is tested only if it is on the PATH. docs/shippers/
names the versions that they were run with.
"""

import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shippers.agent import Agent
from tests.shippers.documented import KEY, PORT, blocks, replaced_in
from tests.shippers.system import Sender
from tests.support.waiting import wait_for
from topology import MAX_TEXT_BYTES

OUTAGE_SECONDS = 20
LINES = 500
"""Lines in one chunk. An agent that cannot read a long successful answer would treat it as a failure."""


@dataclass(frozen=True)
class Kind:
    """An agent with one of its outputs.

    Attributes:
        command: with `{configuration}` for the path of the configuration.
        documented: names of the blocks that make up the configuration.
        state: the directory that the blocks name for the agent's state.
        changes: replacements in the blocks.
    """

    command: tuple[str, ...]
    documented: tuple[str, ...]
    state: str
    changes: tuple[tuple[str, str], ...] = ()

    def configured(self, url: str, key: str) -> str:
        """Return the configuration for a running Sluice."""
        text = self._first() + "".join(f"\n{blocks()[name]}" for name in self.documented[1:])
        replaced = {PORT: url.rpartition(":")[2], KEY: key, **dict(self.changes)}
        return replaced_in(text, " and ".join(self.documented), replaced)

    def _first(self) -> str:
        """Return the first block, without its outputs if there are more blocks."""
        text = blocks()[self.documented[0]]
        return text if len(self.documented) == 1 else text[: text.index("[OUTPUT]")]


def fluent_bit(*documented: str, **changes: str) -> Kind:
    command = ("fluent-bit", "--quiet", "--config={configuration}")
    return Kind(command, ("fluent-bit.conf", *documented), "/var/lib/fluent-bit", tuple(changes.items()))


FORMAT = "Format               json_lines"
KINDS = {
    "Fluent Bit": fluent_bit(),
    "Fluent Bit, json": fluent_bit(**{FORMAT: "Format json"}),
    "Fluent Bit, json_stream": fluent_bit(**{FORMAT: "Format json_stream"}),
    "Fluent Bit, msgpack": fluent_bit(**{FORMAT: "Format msgpack"}),
    "Fluent Bit, zstd": fluent_bit(gzip="zstd"),
    "Fluent Bit, loki": fluent_bit("fluent-bit-loki.conf"),
    "Fluent Bit, splunk": fluent_bit("fluent-bit-splunk.conf"),
    "Fluent Bit, es": fluent_bit("fluent-bit-es.conf"),
    "Fluent Bit, datadog": fluent_bit("fluent-bit-datadog.conf"),
    "Fluent Bit, opentelemetry": fluent_bit("fluent-bit-opentelemetry.conf"),
    "OpenTelemetry Collector": Kind(
        ("otelcol", "--config={configuration}"), ("collector.yaml",), "/var/lib/otelcol"
    ),
    "OpenTelemetry Collector, zstd": Kind(
        ("otelcol", "--config={configuration}"), ("collector.yaml",), "/var/lib/otelcol", (("gzip", "zstd"),)
    ),
    "promtail": Kind(("promtail", "-config.file={configuration}"), ("promtail.yaml",), "/var/lib/promtail"),
}  # fmt: skip
PARAMETERS = [
    pytest.param(
        kind,
        id=name,
        marks=pytest.mark.skipif(
            shutil.which(kind.command[0]) is None,
            reason=f"no {kind.command[0]} on the PATH, and no package of Debian 12, PyPI or npm has one",
        ),
    )
    for name, kind in KINDS.items()
]
KEEPING = [parameter for parameter in PARAMETERS if parameter.id != "promtail"]
"""Agents that keep the lines that they have read until they are sent."""

Start = Callable[[Kind], Agent]


@pytest.fixture
def start(sender: Sender, tmp_path: Path) -> Iterator[Start]:
    started: list[Agent] = []

    def run(kind: Kind) -> Agent:
        configured = kind.configured(sender.sluice.url(with_key=True), sender.key)
        started.append(Agent(list(kind.command), tmp_path, configured, kind.state))
        return started[-1]

    yield run
    for agent in started:
        agent.stop()


@pytest.mark.parametrize("kind", PARAMETERS)
def test_every_line_is_stored_redacted_once(sender: Sender, start: Start, kind: Kind) -> None:
    agent = start(kind)
    agent.log(sender.lines(LINES))
    sender.wait_until_stored()
    agent.log(sender.lines(1))
    sender.wait_until_stored()

    assert agent.end() == 0, agent.output()
    sender.check_once()


@pytest.mark.parametrize("kind", PARAMETERS)
def test_a_line_that_is_too_long_does_not_keep_others_from_storage(sender: Sender, start: Start, kind: Kind) -> None:
    agent = start(kind)
    agent.log([*sender.lines(3), "QUOKKA" * (MAX_TEXT_BYTES // 6 + 100), *sender.lines(3)])
    sender.wait_until_stored()

    assert agent.end() == 0, agent.output()
    sender.check_once()
    assert "QUOKKA" not in sender.sluice.keyed.log("web")


@pytest.mark.parametrize("kind", PARAMETERS)
def test_an_agent_stores_every_line_once_despite_an_sqs_outage(sender: Sender, start: Start, kind: Kind) -> None:
    agent = start(kind)
    agent.log(sender.lines(20))
    sender.wait_until_stored()

    began = time.monotonic()
    refused = sender.sluice.refused()
    sender.sluice.break_sqs()
    agent.log(sender.lines(20))
    wait_for("a refusal", lambda: sender.sluice.refused() > refused)
    wait_for("20 s", lambda: time.monotonic() >= began + OUTAGE_SECONDS)
    sender.sluice.mend_sqs()
    agent.log(sender.lines(20))
    sender.wait_until_stored()

    assert agent.end() == 0, agent.output()
    sender.check_once()


@pytest.mark.parametrize("kind", PARAMETERS)
def test_a_batch_that_sqs_took_in_part_is_stored_once(sender: Sender, start: Start, kind: Kind) -> None:
    letters = random.Random(1)
    agent = start(kind)
    refused = sender.sluice.refused()
    sender.sluice.proxy.fail_entries("SendMessageBatch")
    agent.log([f"{line} {''.join(letters.choices('bcdfghjklm npqrst', k=30_000))}" for line in sender.lines(60)])
    wait_for("a refusal", lambda: sender.sluice.refused() > refused)
    sender.sluice.mend_sqs()
    sender.wait_until_stored()

    assert agent.end() == 0, agent.output()
    sender.check_once()


@pytest.mark.parametrize("kind", KEEPING)
def test_unsent_lines_are_sent_by_the_restarted_agent(sender: Sender, start: Start, kind: Kind) -> None:
    agent = start(kind)
    refused = sender.sluice.refused()
    sender.sluice.break_sqs()
    agent.log(sender.lines(20))
    wait_for("a refusal", lambda: sender.sluice.refused() > refused)
    agent.end()
    sender.sluice.mend_sqs()

    start(kind)
    sender.check_once()


def test_every_documented_configuration_is_tested() -> None:
    names = {name for name in blocks() if re.match("fluent-bit|collector|promtail", name)}
    assert names == {name for kind in KINDS.values() for name in kind.documented}
