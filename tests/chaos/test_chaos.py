"""Short run of `make chaos`, which accounts for every log."""

import re
import subprocess
import sys
from pathlib import Path

from settings import ROOT

# Five kinds of poison. The sixth and seventh, which crash their worker until SQS gives up, take minutes.
OPTIONS = {"logs": 1000, "kills": 2, "outages": 1, "poison": 5, "seconds": 0.5, "max-receives": 4}


def test_every_log_is_stored_once_or_in_the_failure_queue_once(tmp_path: Path) -> None:
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]

    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *options, f"--keep={tmp_path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    rows = re.findall(r"^(\S.*?) {2,}([\d,]+)", run.stdout, re.MULTILINE)
    counts = {name: int(count.replace(",", "")) for name, count in rows}
    assert counts["accepted"] == counts["stored"] + counts["in failures"] == 1000
    assert counts["in failures"] > 0
    assert counts["lost"] == counts["duplicated"] == counts["altered"] == counts["texts in logs"] == 0
    assert counts["poison in failures"] == 5
    assert counts["SIGKILLs"] == 3
    assert counts["engine outages"] == 1
    assert counts["after redrive: stored"] == 1000
