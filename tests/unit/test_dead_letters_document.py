"""docs/dead-letters.md names each reason and each command."""

import re

from broker.failures.dead_letter import TOO_MANY_RECEIVES, UNREADABLE
from commands.main import failures
from settings import ROOT
from tasks.failures import Reason

DOCUMENT = (ROOT / "docs" / "dead-letters.md").read_text()


def test_each_reason_is_explained() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \|", DOCUMENT, re.MULTILINE)

    assert rows[1:] == [*Reason, TOO_MANY_RECEIVES, UNREADABLE]


def test_each_command_is_named_with_options_that_it_has() -> None:
    documented = {
        name: set(re.findall(r"--[a-z-]+", options))
        for name, options in re.findall(r"^\./sluice failures (\w+)(.*)$", DOCUMENT, re.MULTILINE)
    }

    for name, command in failures.commands.items():
        options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        assert documented.pop(name) == options - {"--aws"}
    assert documented == {}
