"""`./sluice redact`: the rules tried on one's own logs."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

import click

from commands.framework.groups import ReadingCommand
from commands.framework.parameters import format_count
from commands.tenants.policy import PolicyFile

# The redaction engine is imported by the commands that need it: it takes a second, for which each other command would
# wait.
if TYPE_CHECKING:
    from commands.tenants.policy_document import TenantRules
    from redaction import Entity


@click.command("redact", cls=ReadingCommand)
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--policy", "rules", type=PolicyFile(), help="A file with a policy as JSON; without it, the default one.")
@click.option("--whole", is_flag=True, help="FILE is one log, such as a stack trace or a key in several lines.")
@click.option("--explain", is_flag=True, help="Below each line: what was replaced, where, and by which rule.")
@click.option("--stats", is_flag=True, help="At the end, on stderr: how many of each entity.")
def redact(file: BinaryIO, rules: "TenantRules | None", whole: bool, explain: bool, stats: bool) -> None:
    """Redact FILE, or stdin, each line as a log.

    The result is that of the workers. Nothing is sent or stored. FILE must be UTF-8, as for /ingest. Values that a
    policy hashes are hashed under a key that is used for this run only.
    """
    name = getattr(file, "name", None)
    texts = _decode([file.read()] if whole else file, name if isinstance(name, str) else "stdin")
    redact_lines(texts, rules, explain=explain, stats=stats)


def _decode(lines: Iterable[bytes], name: str) -> Iterator[str]:
    """Yield the lines as text.

    Raises:
        click.ClickException: a line is not UTF-8. The lines before it were printed.
    """
    offset = 0
    for number, line in enumerate(lines, start=1):
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            start = offset + error.start
            raise click.ClickException(
                f"{name} is not valid UTF-8 (line {number}, at byte {start}); /ingest would refuse it. If it is UTF-16 "
                f"or Latin-1, convert it: iconv -f UTF-16 -t UTF-8 {name}, or iconv -f LATIN1 -t UTF-8 {name}"
            ) from None
        offset += len(line)


def redact_lines(texts: Iterable[str], rules: "TenantRules | None", *, explain: bool, stats: bool) -> None:
    """Print what is left of each text.

    Args:
        texts: logs, each with or without a line feed at its end.
        rules: of a tenant; the default ones if None.
        explain: print below each what was replaced, where, and by which rule.
        stats: print on stderr how many of each entity there were.
    """
    from redaction import Redactor

    redactor = Redactor(rules.redaction if rules else None, hash_key=b"this run only")
    counts: Counter[str] = Counter()
    lines = dropped = 0
    for line in texts:
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
                _print(f"    {entity.type} {entity.start}-{entity.end} {_explain_rule(entity)}: {value}")
    if stats:
        for entity_type, count in counts.most_common():
            click.echo(f"{count:8} {entity_type}", err=True)
        unit = "line" if lines == 1 else "lines"
        values, dropped_lines = format_count(counts.total(), "value"), format_count(dropped, "line")
        click.echo(f"{lines:8} {unit}, {values}, {dropped_lines} dropped", err=True)


def _explain_rule(entity: "Entity") -> str:
    """Return the rule that found an entity, and its checks."""
    from redaction.recognizer import accept_any
    from redaction.recognizers import RECOGNIZERS

    recognizer = next((recognizer for recognizer in RECOGNIZERS if recognizer.name == entity.rule), None)
    checks = []
    if recognizer is not None and recognizer.validate is not accept_any:
        checks.append(recognizer.validate.__name__.strip("_").replace("_", " "))
    if recognizer is not None and recognizer.context is not None:
        checks.append("near one of: " + ", ".join(recognizer.context.words[:8]))
    return f"by {entity.rule}" + (f" ({'; '.join(checks)})" if checks else "")


def _print(text: str) -> None:
    click.echo(text.encode())
