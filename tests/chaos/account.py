"""Account of every log, and of every poison message."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.chaos.aws import STORED_BEFORE
from tests.chaos.load import LogKey
from tests.chaos.poison import decode_content, identify_poison


@dataclass
class Failures:
    """Content of the failure queue, from a file of `failures export`.

    Attributes:
        messages: their number.
        logs: reasons by log; more than one when it is there more than once.
        poison: reason by number.
        kinds: number of poison messages by kind and reason.
    """

    messages: int = 0
    logs: dict[LogKey, list[str]] = field(default_factory=dict)
    poison: dict[int, str] = field(default_factory=dict)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def from_export(cls, lines: Iterable[str]) -> "Failures":
        """Read the lines of an exported file."""
        failures = cls()
        for letter in map(json.loads, lines):
            failures.messages += 1
            if identified := identify_poison(letter["body"]):
                number, kind = identified
                if number not in failures.poison:
                    failures.kinds[kind, letter["reason"]] += 1
                failures.poison[number] = letter["reason"]
                continue
            (batch, *_), _, _ = json.loads(decode_content(letter["body"]))
            for log in batch["logs"]:
                log_key = batch["tenant_id"], log.get("text") or log["original_text"]
                failures.logs.setdefault(log_key, []).append(letter["reason"])
        return failures

    def count_by_reason(self) -> Counter[str]:
        """Count logs by the reason of their first failure."""
        return Counter(reasons[0] for reasons in self.logs.values())


@dataclass(frozen=True)
class Account:
    """Account of the accepted logs.

    Each is either stored or in failures, once, or else counts as lost, duplicated or altered.

    Attributes:
        accepted, stored, failed: numbers of logs.
        lost: neither stored nor in failures.
        duplicated: stored under two ids or under another id than the client was answered, stored and in failures, or in
            failures twice.
        altered: stored texts that nobody sent.
        failures: content of the failure queue.
    """

    accepted: int
    stored: int
    failed: int
    lost: int
    duplicated: int
    altered: int
    failures: Failures

    @classmethod
    def draw_up(
        cls, accepted: Mapping[LogKey, str], items: Iterable[tuple[str, str, str]], failures: Failures
    ) -> "Account":
        """Draw up the account.

        Args:
            accepted: log ids by tenant and text.
            items: tenant, log id and text of all that is stored.
            failures: content of the failure queue.
        """
        ids: dict[LogKey, list[str]] = {}
        for tenant, log_id, text in items:
            if text != STORED_BEFORE:
                ids.setdefault((tenant, text), []).append(log_id)
        stored, failed = ids.keys() & accepted.keys(), failures.logs.keys() & accepted.keys()
        duplicated = {log_key for log_key in stored if ids[log_key] != [accepted[log_key]]} | (stored & failed)
        duplicated |= {log_key for log_key in failed if len(failures.logs[log_key]) > 1}
        return cls(
            accepted=len(accepted),
            stored=len(stored - failed),
            failed=len(failed),
            lost=len(accepted.keys() - stored - failed),
            duplicated=len(duplicated),
            altered=len((ids.keys() | failures.logs.keys()) - accepted.keys()),
            failures=failures,
        )

    @property
    def is_balanced(self) -> bool:
        """True if each log is stored or in failures, once."""
        return not (self.lost or self.duplicated or self.altered) and self.accepted == self.stored + self.failed
