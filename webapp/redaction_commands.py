"""`flask --app webapp redact` and `flask --app webapp policy …`: trying the rules, and a tenant's own."""

from collections import Counter
from typing import TextIO

import click
from flask import Blueprint

from redaction import Entity, Redactor
from redaction.recognizer import accept_any
from redaction.recognizers import RECOGNIZERS
from webapp.command_line import TenantId, told
from webapp.tenant_rules import TenantRules

redaction = Blueprint("redaction", __name__, cli_group=None)
policy = Blueprint("policy", __name__)

_RECOGNIZERS = {recognizer.name: recognizer for recognizer in RECOGNIZERS}


class _PolicyFile(click.ParamType[TenantRules]):
    """A file with a policy in it."""

    name = "file"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> TenantRules:
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
def redact(file: TextIO, wanted: TenantRules | None, whole: bool, explain: bool, stats: bool) -> None:
    """Redact FILE, or stdin, each line as a log, as the workers would. Nothing is sent or stored.

    Values that a policy hashes are hashed under a key that is good for this run only.
    """
    redactor = Redactor(wanted.redaction if wanted else None, hash_key=b"this run only")
    counts: Counter[str] = Counter()
    lines = dropped = 0
    for line in [file.read()] if whole else file:
        lines += 1
        text = line.rstrip("\n")
        done = redactor.redact(text)
        counts.update(done.counts)
        dropped += done.dropped
        if not done.dropped:
            _print(done.text)
        if explain:
            for entity in done.entities:
                value = text[entity.start : entity.end]
                _print(f"    {entity.type} {entity.start}-{entity.end} {_why(entity)}: {value}")
    if stats:
        for entity_type, count in counts.most_common():
            click.echo(f"{count:8} {entity_type}", err=True)
        click.echo(f"{lines:8} lines, {counts.total()} values, {dropped} lines dropped", err=True)


def _why(entity: Entity) -> str:
    """The rule that found it, and how the rule checks what it finds."""
    recognizer = _RECOGNIZERS.get(entity.rule)
    checks = []
    if recognizer is not None and recognizer.validate is not accept_any:
        checks.append(recognizer.validate.__name__.strip("_").replace("_", " "))
    if recognizer is not None and recognizer.context is not None:
        checks.append("near one of: " + ", ".join(recognizer.context.words[:8]))
    return f"by {entity.rule}" + (f" ({'; '.join(checks)})" if checks else "")


def _print(text: str) -> None:
    click.echo(text.encode("utf-8", "surrogateescape"))


@policy.cli.command("set")
@click.argument("tenant_id", type=TenantId())
@click.argument("wanted", metavar="FILE", type=_PolicyFile())
def set_policy(tenant_id: str, wanted: TenantRules) -> None:
    """Store the policy in FILE (- for stdin) for a tenant; the workers have it within a minute."""
    with told():
        wanted.store(tenant_id)
    click.echo(f"tenant {tenant_id} has a new policy")


@policy.cli.command("show")
@click.argument("tenant_id", type=TenantId())
def show_policy(tenant_id: str) -> None:
    """Print the policy of a tenant; the default one when it has none of its own."""
    with told():
        try:
            click.echo(TenantRules.of(tenant_id).to_json())
        except ValueError as error:
            raise click.ClickException(f"the stored policy can't be used, set another one: {error}") from None
