"""The command line itself: every group, under one name."""

import click

# Adds `export` and `import` to the group.
import commands.failures.files  # noqa: F401
from commands.config import config
from commands.failures.group import failures
from commands.framework.groups import CommandGroup
from commands.infrastructure import broker, database
from commands.logs import logs
from commands.redaction import redact
from commands.tenants.group import tenants
from commands.tenants.keys import keys
from commands.tenants.policy import policy
from topology import VERSION

COMMANDS: tuple[click.Command, ...] = (database, broker, tenants, keys, policy, failures, redact, logs, config)
"""The commands and groups, which `flask --app webapp` has too."""


@click.group(
    cls=CommandGroup,
    commands=list(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`./sluice config show` says which AWS the commands reach. On real AWS, commands that change something ask.",
)
@click.version_option(VERSION, prog_name="sluice")
def sluice() -> None:
    """Operate Sluice: tables and queues, tenants and keys, policies, failures."""


def main() -> None:
    """Run the command that the arguments name."""
    sluice(prog_name="sluice")
