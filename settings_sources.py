"""Sources of the settings: the environment, the file of `make run`, `.env`."""

import difflib
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from dotenv import dotenv_values, find_dotenv
from pydantic import ValidationError

ROOT = Path(__file__).resolve().parent
STATE_DIRECTORY = ROOT / ".data"
RUN_ENVIRONMENT_FILE = STATE_DIRECTORY / "run.env"
"""What a running `make run` uses, so that commands in another terminal find the same engine. Gone when that stops."""
ENV_FILE = ROOT / ".env"
DEFAULT = "default"
PREFIX = "SLUICE_"

_INITIAL_ENVIRONMENT = Path("/proc/self/environ")


def undo_flask_dotenv(variables: Iterable[str]) -> None:
    """Remove the variables that Flask's command line loaded from a file `.env`.

    `flask` puts them into the environment, which wins over the file of a running `make run`; the empty endpoint of
    `.env.example` would then win over the embedded engine, and commands would reach real AWS. The settings read the
    file themselves, last.
    """
    ours, started_with = set(variables), _get_initial_names()
    for file in {str(ENV_FILE), find_dotenv(usecwd=True)}:
        for name, value in _read(file).items():
            if name not in started_with and os.environ.get(name) == value and (name in ours or name.startswith("AWS_")):
                del os.environ[name]


def get_sources(variables: Iterable[str]) -> dict[str, str]:
    """Return the source of each variable."""
    sources = [
        ("environment", os.environ),
        (_get_shown_path(RUN_ENVIRONMENT_FILE), _read(RUN_ENVIRONMENT_FILE)),
        (_get_shown_path(ENV_FILE), _read(ENV_FILE)),
    ]
    found = {}
    for variable in variables:
        # pydantic takes the names in either case.
        names = [name for name, values in sources if variable.casefold() in map(str.casefold, values)]
        found[variable] = names[0] if names else DEFAULT
    return found


def warn_about_unknown_variables(variables: Iterable[str]) -> None:
    """Write a line for each SLUICE_ variable that is not a setting."""
    known = {variable.casefold(): variable for variable in variables}
    for source, values in (("environment", os.environ), (ENV_FILE.name, _read(ENV_FILE))):
        for name in sorted(values):
            if name.upper().startswith(PREFIX) and name.casefold() not in known:
                nearest = difflib.get_close_matches(name.casefold(), known, n=1)
                hint = f"; did you mean {known[nearest[0]]}?" if nearest else ""
                sys.stderr.write(f"warning: {name} ({source}) is not a setting and has no effect{hint}\n")


def explain(error: ValidationError, variables: Mapping[str, str]) -> str:
    """Return a line for each invalid variable, without the value."""
    names = {field: variable for variable, field in variables.items()}
    lines = []
    for part in error.errors(include_input=False, include_url=False):
        location = str(part["loc"][0]) if part["loc"] else ""
        variable = names.get(location, location)
        source = f" ({get_sources([variable])[variable]})" if variable in variables else ""
        message = part["msg"].removeprefix("Value error, ")
        lines.append(f"{variable}{source}: {message}" if variable else message)
    return "Sluice can't start with these settings:\n" + "\n".join(f"  {line}" for line in lines)


def _get_initial_names() -> set[str]:
    """Return the names of the variables that this process was started with.

    There are none where /proc is missing.
    """
    try:
        content = _INITIAL_ENVIRONMENT.read_bytes()
    except OSError:
        return set()
    return {os.fsdecode(item.partition(b"=")[0]) for item in content.split(b"\0")}


def _read(file: str | Path) -> dict[str, str]:
    if not file or not Path(file).is_file():
        return {}
    return {name: value for name, value in dotenv_values(file).items() if value is not None}


def _get_shown_path(file: Path) -> str:
    return str(file.relative_to(ROOT))
