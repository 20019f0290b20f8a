"""Running Sluice, with and without API keys, and checks of stored lines."""

import re
import subprocess
import uuid
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from models import ApiKey, LogRecord, Tenant
from settings import ROOT
from tests.support.failure_queue import list_dead_letters
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.support.waiting import wait_for

CLIENTS = ROOT / ".venv-clients/bin"


class Sluice:
    """Two web processes behind one proxy, of which one requires API keys.

    They share the workers.
    """

    def __init__(self, directory: Path, proxy: FaultProxy) -> None:
        self.proxy = proxy
        self.keyed = Processes(directory / "keyed", proxy.url, SLUICE_REQUIRE_AUTH="true")
        self.open = Processes(directory / "open", proxy.url)
        for processes, names in ((self.keyed, ("web", "redact", "store")), (self.open, ("web",))):
            Path(processes.log_file("web")).parent.mkdir(parents=True, exist_ok=True)
            processes.start(*names)

    def url(self, with_key: bool) -> str:
        processes = self.keyed if with_key else self.open
        return f"http://127.0.0.1:{processes.web_port}"

    def stop(self) -> None:
        self.proxy.clear()
        codes = [*self.open.stop().values(), *self.keyed.stop().values()]
        assert set(codes) == {0}, codes

    def refused(self) -> int:
        """Count the requests that web refused because of SQS."""
        return sum(processes.log("web").count("SQS did not accept its logs") for processes in (self.keyed, self.open))

    def break_sqs(self) -> None:
        self.proxy.refuse("sqs")

    def mend_sqs(self) -> None:
        self.proxy.clear()


class Sender:
    """Tenant with an API key, and the numbered lines to send.

    Each line holds an email address and an IP address.
    """

    def __init__(self, sluice: Sluice) -> None:
        self.sluice = sluice
        self.tenant = f"tenant-{uuid.uuid4().hex[:12]}"
        Tenant.add(self.tenant, self.tenant)
        self.key = str(ApiKey.add(self.tenant, ["ingest"]))
        self._sent = 0

    def lines(self, count: int) -> list[str]:
        """Make the next `count` lines."""
        numbers = range(self._sent, self._sent + count)
        self._sent += count
        return [
            f"order no-{number} of quokka{number}@example.com from 10.1.{2 + number // 200}.{number % 200}"
            for number in numbers
        ]

    def stored(self) -> list[LogRecord]:
        records: list[LogRecord] = []
        cursor = None
        while True:
            page = LogRecord.for_tenant(self.tenant, limit=1000, cursor=cursor)
            records += page.records
            if (cursor := page.cursor) is None:
                return records

    def copies(self) -> Counter[int]:
        """Count how often each line is stored."""
        # A record may hold the same line twice.
        texts = (record.original_text for record in self.stored())
        return Counter(int(number) for text in texts for number in set(re.findall(r"no-(\d+) ", text)))

    def wait_until_stored(self) -> None:
        """Wait until every line so far is in the table."""
        wait_for(f"{self._sent} lines in the table", lambda: len(self.copies()) == self._sent)

    def check_once(self) -> None:
        """Check that every line is in the table, once, and redacted.

        Call this when the shipper has ended.
        """
        self.wait_until_stored()
        self.check_redacted()
        assert set(self.copies().values()) == {1}, self.copies()
        assert LogRecord.count(self.tenant) == self._sent
        assert not list_dead_letters(self.tenant)

    def check_redacted(self) -> None:
        for record in self.stored():
            assert "quokka" in record.original_text
            assert "[EMAIL]" in record.modified_text
            assert "[IP_ADDRESS]" in record.modified_text
            assert "@example.com" not in record.modified_text
            assert "10.1." not in record.modified_text


class Application:
    """Process that logs the lines it is given.

    Args:
        command: reads lines from standard input.
        directory: for the output.
    """

    def __init__(self, command: list[str], directory: Path) -> None:
        self._output = directory / "application.log"
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                command, cwd=directory, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, text=True
            )

    def log(self, lines: Iterable[str]) -> None:
        assert self._process.stdin
        self._process.stdin.writelines(f"{line}\n" for line in lines)
        self._process.stdin.flush()

    def end(self) -> int:
        """Let the process end by itself, and return the exit status."""
        assert self._process.stdin
        self._process.stdin.close()
        return self._process.wait(120)

    def stop(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._process.communicate()

    def output(self) -> str:
        return self._output.read_text(errors="replace")
