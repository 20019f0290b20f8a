"""SQS and SNS in one node process, fast enough for benchmarks.

`make .bench/node/.installed` installs it.
"""

import subprocess
from types import TracebackType

from local.ports import free_port
from settings import ROOT

DIRECTORY = ROOT / ".bench" / "node"
NODE = DIRECTORY / "node_modules" / ".bin" / "node"

# fauxqs's own `startFauxqs` listens on all interfaces and ignores `host` (2.4.1).
_SCRIPT = """
import { buildApp } from "fauxqs";
await buildApp({ logger: false }).listen({ port: Number(process.argv[1]), host: "127.0.0.1" });
console.log("listening");
"""


class Fauxqs:
    """One fauxqs process on 127.0.0.1, empty when it starts.

    Attributes:
        url: the endpoint.
    """

    def __init__(self) -> None:
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Fauxqs":
        if not NODE.exists():
            raise FileNotFoundError(f"{NODE} is missing; run: make .bench/node/.installed")
        self._process = subprocess.Popen(
            [NODE, "--no-warnings", "--input-type=module", "-e", _SCRIPT, str(self._port)],
            cwd=DIRECTORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if "listening" not in self._process.stdout.readline():
            raise ChildProcessError(f"fauxqs ended with code {self._process.wait()}")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
