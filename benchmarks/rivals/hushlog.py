"""hushlog with its defaults."""

from benchmarks.rivals import Redact, line_by_line


def load() -> Redact:
    """What redacts lines."""
    from hushlog import Config, PatternRegistry  # type: ignore[import-not-found,unused-ignore]  # in .venv-bench only

    redact = PatternRegistry.from_config(Config()).redact
    return line_by_line(lambda line: bool(redact(line) != line))
