"""Agent that follows a file and sends its lines."""

import subprocess
from pathlib import Path

FILE = "/var/log/shop.log"
"""The file that the documented configurations follow."""


class Agent:
    """Process of an agent, which follows its own file.

    Args:
        command: with `{configuration}` for the path of the configuration.
        directory: for the file and the agent's state; a later agent continues there.
        configured: the configuration.
        state: the directory that the configuration names for the agent's state.
    """

    def __init__(self, command: list[str], directory: Path, configured: str, state: str) -> None:
        self._log = directory / "shop.log"
        self._log.touch()
        (directory / "state").mkdir(exist_ok=True)
        for path, here in {FILE: self._log, state: directory / "state"}.items():
            assert path in configured
            configured = configured.replace(path, str(here))
        configuration = directory / "configuration"
        configuration.write_text(configured)
        self._output = directory / "output.log"
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [part.replace("{configuration}", str(configuration)) for part in command],
                cwd=directory,
                stdout=output,
                stderr=output,
            )

    def log(self, lines: list[str]) -> None:
        with self._log.open("a") as log:
            log.writelines(f"{line}\n" for line in lines)

    def end(self) -> int:
        """Let the agent end by itself, and return the exit status."""
        self._process.terminate()
        return self._process.wait(60)

    def stop(self) -> None:
        """Kill the agent."""
        self._process.kill()
        self._process.wait()

    def output(self) -> str:
        return self._output.read_text(errors="replace")
