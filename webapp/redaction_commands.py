"""`flask --app webapp redact` and `flask --app webapp policy …`: trying the rules, and a tenant's own."""

from collections import Counter
from typing import TextIO

import click
from flask import Blueprint

from models import TenantPolicy
from redaction import Entity, Policy, Redactor
from redaction.recognizer import accept_any
from redaction.recognizers import RECOGNIZERS

redaction = Blueprint("redaction", __name__, cli_group=None)
policy = Blueprint("policy", __name__)

_RECOGNIZERS = {recognizer.name: recognizer for recognizer in RECOGNIZERS}


class _PolicyFile(click.ParamType[Policy]):
    """A file with a policy in it."""

    name = "file"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Policy:
        try:
            with click.open_file(value, encoding="utf-8") as file:
                return Policy.from_json(file.read())
        except (OSError, ValueError) as error:
            self.fail(f"{value}: {error}", param, ctx)


@redaction.cli.command("redact")
@click.argument("file", type=click.File(encoding="utf-8", errors="surrogateescape"), default="-")
@click.option("--policy", "wanted", type=_PolicyFile(), help="A file with a policy as JSON; the default one without.")
@click.option("--whole", is_flag=True, help="FILE is one log, such as a stack trace or a key in several lines.")
@click.option("--explain", is_flag=True, help="Below each line: what was replaced, where, and by which rule.")
@click.option("--stats", is_flag=True, help="At the end, on stderr: how many of each entity.")
def redact(file: TextIO, wanted: Policy | None, whole: bool, explain: bool, stats: bool) -> None:
    """Redact FILE, or stdin, each line as a log, as the workers would. Nothing is sent or stored.

    Values that a policy hashes are hashed under a key that is good for this run only.
    """
    redactor = Redactor(wanted, hash_key=b"this run only")
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
@click.argument("tenant_id")
@click.argument("wanted", metavar="FILE", type=_PolicyFile())
def set_policy(tenant_id: str, wanted: Policy) -> None:
    """Store the policy in FILE (- for stdin) for a tenant; the workers have it within a minute."""
    TenantPolicy.put(tenant_id, wanted.to_json())
    click.echo(f"tenant {tenant_id} has a new policy")


@policy.cli.command("show")
@click.argument("tenant_id")
def show_policy(tenant_id: str) -> None:
    """Print the policy of a tenant; the default one when it has none of its own."""
    stored = TenantPolicy.of(tenant_id)
    click.echo(stored.policy if stored and stored.policy else Policy().to_json())
