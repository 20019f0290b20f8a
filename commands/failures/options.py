"""Options that choose messages of the failure queue."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from broker.failures.dead_letter import TOO_MANY_RECEIVES, UNREADABLE
from broker.failures.selection import Selection
from commands.framework.known_tenants import has_rows, make_unknown_tenant_error
from commands.framework.parameters import Since

Command = Callable[..., Any]


class ReasonCode(click.ParamType[str]):
    """Reason of a dead letter."""

    name = "reason"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the reason, or fail with those that there are."""
        # Imported here: it brings the Celery app, for which each other command would wait.
        from tasks.failures import Reason

        reasons = (*Reason, TOO_MANY_RECEIVES, UNREADABLE)
        if value and value not in reasons:
            self.fail(f"{value!r} is not a reason; there are {', '.join(reasons)}", param, ctx)
        return value


@dataclass(frozen=True, slots=True)
class Filters:
    """The options' values; an empty one matches each message."""

    tenant: str = ""
    reason: str = ""
    since: str = ""

    def build_selection(self, ids: tuple[str, ...] = ()) -> Selection:
        """Return the selection of messages that match and have these ids."""
        return Selection(frozenset(ids), self.tenant, self.reason, self.since)

    def check_tenant(self, matches: int) -> None:
        """Fail if nothing matched and there is no such tenant.

        Raises:
            click.ClickException: there is no such tenant.
        """
        if self.tenant and not matches and not has_rows(self.tenant):
            raise make_unknown_tenant_error(self.tenant)


def filter_options(command: Command) -> Command:
    """Add the options that choose messages, as an argument `filters`."""

    # wraps() takes the command's other options over too: click keeps them in an attribute of the function.
    @wraps(command)
    def with_filters(*args: Any, tenant: str, reason: str, since: str, **kwargs: Any) -> Any:
        return command(*args, filters=Filters(tenant, reason, since), **kwargs)

    wrapped: Command = with_filters
    for option in (
        click.option(
            "--since",
            type=Since(),
            default="",
            help="Only messages that failed at this time or later: 1h for an hour ago, or ISO 8601.",
        ),
        click.option("--reason", type=ReasonCode(), default="", help="Only messages with this reason."),
        click.option("--tenant", default="", help="Only messages of this tenant."),
    ):
        wrapped = option(wrapped)
    return wrapped


def required_filter_options(command: Command) -> Command:
    """Add the options that choose messages; one of them is required.

    The command gets `filters` and `ids`. It acts on all messages only with `--all`.
    """

    @wraps(command)
    def with_choice(*args: Any, filters: Filters, ids: tuple[str, ...], everything: bool, **kwargs: Any) -> Any:
        if not (ids or everything or filters != Filters()):
            raise click.UsageError("Say which messages: --id, --tenant, --reason, --since, or --all.")
        return command(*args, filters=filters, ids=ids, **kwargs)

    wrapped: Command = filter_options(with_choice)
    for option in (
        click.option("--all", "everything", is_flag=True, help="All messages."),
        click.option(
            "--id", "ids", multiple=True, metavar="ID", help="Only this message; may be given more than once."
        ),
    ):
        wrapped = option(wrapped)
    return wrapped
