"""`flask --app webapp tenants session-policy`: what a role may do for one tenant."""

import click

from commands.errors import TenantId
from commands.session_policy import session_policy


@click.command("session-policy")
@click.argument("tenant_id", type=TenantId())
@click.option("--original", is_flag=True, help="Original texts, too.")
@click.option("--account", default="*", show_default=True, metavar="ID", help="AWS account of the tables.")
def print_session_policy(tenant_id: str, original: bool, account: str) -> None:
    """Print an IAM policy for sts:AssumeRole, with which a role reads this tenant's records and nothing else."""
    click.echo(session_policy(tenant_id, original=original, account=account).to_json())
