"""What `flask redact` does with its lines."""

from collections import Counter
from collections.abc import Iterable

import click

from commands.policy_document import TenantRules
from redaction import Entity, Redactor
from redaction.recognizer import accept_any
from redaction.recognizers import RECOGNIZERS

_RECOGNIZERS = {recognizer.name: recognizer for recognizer in RECOGNIZERS}


def redact_lines(texts: Iterable[str], rules: TenantRules | None, *, explain: bool, stats: bool) -> None:
    """Print what is left of each text.

    Args:
        texts: logs, each with or without a line feed at its end.
        rules: the default ones without.
        explain: print below each what was replaced, where, and by which rule.
        stats: print on stderr how many of each entity there were.
    """
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
