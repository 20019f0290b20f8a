"""Groups whose commands each declare whether they change anything."""

from collections.abc import Callable
from typing import Any

import click

from commands.framework.target import require_consent


class ReadingCommand(click.Command):
    """Command that changes nothing on AWS."""


class WritingCommand(click.Command):
    """Command that creates, changes or deletes.

    On real AWS it asks first, or wants `--aws`. The question is part of the class, so that no command can forget it. A
    command with an option `--dry-run` does not ask when that is given.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(click.Option(["--aws"], is_flag=True, help="Change real AWS without asking."))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command once it is clear that this AWS is meant."""
        consent = ctx.params.pop("aws")
        if not ctx.params.get("dry_run"):
            require_consent(ctx.command_path, given=consent)
        return super().invoke(ctx)


class CommandGroup(click.Group):
    """Group of reading and writing commands. It takes no other ones."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command.

        Raises:
            TypeError: the command does not declare whether it changes anything.
        """
        if not isinstance(cmd, ReadingCommand | WritingCommand | CommandGroup):
            raise TypeError(f"{cmd.name} must be a ReadingCommand or a WritingCommand")
        super().add_command(cmd, name)

    def reads(self, name: str) -> Callable[[Callable[..., Any]], click.Command]:
        """Make a function a command that changes nothing."""
        return self.command(name, cls=ReadingCommand)

    def writes(self, name: str) -> Callable[[Callable[..., Any]], click.Command]:
        """Make a function a command that creates, changes or deletes."""
        return self.command(name, cls=WritingCommand)
