"""`flask --app webapp redact` and `flask --app webapp policy …`: trying the rules, and a tenant's own."""

from typing import TYPE_CHECKING, TextIO

import click
from flask import Blueprint

from commands.errors import TenantId, told

# What redacts is imported by the commands that need it: it takes a second, for which each other command would wait.
if TYPE_CHECKING:
    from commands.policy_document import TenantRules

redaction = Blueprint("redaction", __name__, cli_group=None)
policy = Blueprint("policy", __name__)


class _PolicyFile(click.ParamType["TenantRules"]):
    """A file with a policy in it."""

    name = "file"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> "TenantRules":
        from commands.policy_document import TenantRules

        try:
            with click.open_file(value, encoding="utf-8") as file:
                return TenantRules.from_json(file.read())
        except (OSError, ValueError) as error:
            self.fail(f"{value}: {error}", param, ctx)


@redaction.cli.command("redact")
@click.argument("file", type=click.File(encoding="utf-8", errors="surrogateescape"), default="-")
@click.option("--policy", "wanted", type=_PolicyFile(), help="A file with a policy as JSON; the default one without.")
@click.option("--whole", is_flag=True, help="FILE is one log, such as a stack trace or a key in several lines.")
@click.option("--explain", is_flag=True, help="Below each line: what was replaced, where, and by which rule.")
@click.option("--stats", is_flag=True, help="At the end, on stderr: how many of each entity.")
def redact(file: TextIO, wanted: "TenantRules | None", whole: bool, explain: bool, stats: bool) -> None:
    """Redact FILE, or stdin, each line as a log, as the workers would. Nothing is sent or stored.

    Values that a policy hashes are hashed under a key that is good for this run only.
    """
    from commands.redaction_trial import redact_lines

    redact_lines([file.read()] if whole else file, wanted, explain=explain, stats=stats)


@policy.cli.command("set")
@click.argument("tenant_id", type=TenantId())
@click.argument("wanted", metavar="FILE", type=_PolicyFile())
def set_policy(tenant_id: str, wanted: "TenantRules") -> None:
    """Store the policy in FILE (- for stdin) for a tenant; the workers have it within a minute."""
    with told():
        wanted.store(tenant_id)
    click.echo(f"tenant {tenant_id} has a new policy")


@policy.cli.command("show")
@click.argument("tenant_id", type=TenantId())
def show_policy(tenant_id: str) -> None:
    """Print the policy of a tenant; the default one when it has none of its own."""
    from commands.policy_document import TenantRules

    with told():
        try:
            click.echo(TenantRules.of(tenant_id).to_json())
        except ValueError as error:
            raise click.ClickException(f"the stored policy can't be used, set another one: {error}") from None
