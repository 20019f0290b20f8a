"""scrubadub with its defaults."""

from benchmarks.rivals import Rival, changed, line_by_line


def load() -> Rival:
    """Make the redactor."""
    from scrubadub import Scrubber  # type: ignore[import-not-found,unused-ignore]  # in .venv-bench only

    return Rival(line_by_line(Scrubber().clean), changed)
