"""`./sluice config …`: the settings that hold, and where they come from."""

import click
from pydantic import SecretStr

from commands.framework.groups import CommandGroup
from commands.framework.target import get_account, get_target
from settings import Settings, settings
from settings_sources import get_sources


@click.group("config", cls=CommandGroup)
def config() -> None:
    """Show the settings that hold, and which AWS they mean."""


@config.reads("show")
def show_config() -> None:
    """Print each setting, and where its value comes from.

    The environment wins over .data/run.env, which a running `make run` writes; that wins over .env, and that over the
    defaults. The values of secrets are hidden. The first line names the AWS that commands reach.
    """
    target = get_target()
    click.echo(f"AWS: {target.name}" + (f", {get_account()}" if target.is_real else ""))
    click.echo()
    variables = Settings.get_variables()
    sources = get_sources(variables)
    rows = [
        (variable, _format_value(getattr(settings, field)), sources[variable]) for variable, field in variables.items()
    ]
    width, value_width = max(len(row[0]) for row in rows), min(40, max(len(row[1]) for row in rows))
    for variable, value, source in rows:
        click.echo(f"{variable:{width}}  {value:{value_width}}  {source}")


def _format_value(value: object) -> str:
    if isinstance(value, SecretStr):
        return "(hidden)" if value.get_secret_value() else "(empty)"
    return str(value) if value != "" else "(empty)"
