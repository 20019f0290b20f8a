"""hushlog with its defaults."""

from collections.abc import Callable


def load() -> Callable[[str], bool]:
    """What redacts a line, and says whether there was anything in it."""
    from hushlog import Config, PatternRegistry  # type: ignore[import-not-found,unused-ignore]  # in .venv-bench only

    redact = PatternRegistry.from_config(Config()).redact
    return lambda line: bool(redact(line) != line)
