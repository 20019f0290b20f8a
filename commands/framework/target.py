"""The AWS that commands reach: the embedded engine, or an account."""

import sys
from dataclasses import dataclass

import click
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from foundation.aws_clients import IDENTITY, make_client
from settings import settings

_AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn")


@dataclass(frozen=True, slots=True)
class Target:
    """An AWS that commands reach.

    Attributes:
        is_real: false for an engine that only behaves like AWS.
        name: for people, such as "real AWS in us-east-1".
    """

    is_real: bool
    name: str


def get_target() -> Target:
    """Return the AWS that the settings name."""
    host = settings.endpoint.hostname if settings.endpoint else None
    if host is None or host.endswith(_AWS_DOMAINS):
        return Target(True, f"real AWS in {settings.aws_region}")
    return Target(False, f"the embedded engine at {settings.aws_endpoint_url}")


def get_account() -> str:
    """Return the account of the credentials, or why it is not known.

    Takes a few seconds at most.
    """
    try:
        return f"account {make_client('sts', IDENTITY).get_caller_identity()['Account']}"
    except NoCredentialsError:
        return "no credentials found"
    except ClientError as error:
        return f"account unknown: STS answers {error.response['Error'].get('Code', 'an error')}"
    except BotoCoreError as error:
        return f"account unknown: {type(error).__name__}"


def require_consent(command: str, *, given: bool) -> None:
    """Return if the command may go on.

    Args:
        command: as it was typed, such as "sluice db create".
        given: consent by `--aws`.

    Raises:
        click.UsageError: nobody was there to ask.
        click.Abort: the answer was no.
    """
    target = get_target()
    if not target.is_real:
        return
    name = f"{target.name} ({get_account()})"
    if given:
        click.echo(f"using {name}", err=True)
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError(
            f"`{command}` would change {name}. Add --aws if that is what you want. For the embedded engine, start "
            "`make run` first."
        )
    click.confirm(f"`{command}` changes {name}. Go on?", abort=True, err=True)
