"""`./sluice policy …`: how a tenant's logs are redacted and stored."""

from typing import TYPE_CHECKING

import click

from commands.framework.errors import dynamodb_errors_as_click_errors
from commands.framework.groups import CommandGroup
from commands.framework.parameters import TenantId
from commands.tenants.known import require_known_tenant
from settings import settings

# Imported by the commands that need it: it brings the redaction engine, which takes a second.
if TYPE_CHECKING:
    from commands.tenants.policy_document import TenantRules


@click.group("policy", cls=CommandGroup)
def policy() -> None:
    """Set and show a tenant's redaction policy."""


class PolicyFile(click.ParamType["TenantRules"]):
    """File with a policy in it."""

    name = "file"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> "TenantRules":
        """Return the policy, or fail with what is wrong in it."""
        from commands.tenants.policy_document import TenantRules

        try:
            with click.open_file(value, encoding="utf-8") as file:
                return TenantRules.from_json(file.read())
        except (OSError, ValueError) as error:
            self.fail(f"{value}: {error}", param, ctx)


@policy.writes("set")
@click.argument("tenant_id", type=TenantId())
@click.argument("rules", metavar="FILE", type=PolicyFile())
def set_policy(tenant_id: str, rules: "TenantRules") -> None:
    """Store the policy in FILE, or on stdin if FILE is -.

    It replaces the tenant's policy. All workers use it within SLUICE_POLICY_CACHE_SECONDS.
    """
    require_known_tenant(tenant_id)
    with dynamodb_errors_as_click_errors():
        rules.store(tenant_id)
    click.echo(f"tenant {tenant_id} has a new policy, in use everywhere within {settings.policy_cache_seconds} s")


@policy.reads("show")
@click.argument("tenant_id", type=TenantId())
def show_policy(tenant_id: str) -> None:
    """Print a tenant's policy, as `policy set` takes it.

    A tenant without one has the default policy. null stands for what the settings say, which stderr names.
    """
    from commands.tenants.policy_document import TenantRules

    with dynamodb_errors_as_click_errors():
        try:
            rules = TenantRules.read(tenant_id)
        except ValueError as error:
            raise click.ClickException(f"The stored policy can't be used; set another one: {error}") from None
    click.echo(rules.to_json())
    for line in rules.explain_defaults():
        click.echo(line, err=True)
