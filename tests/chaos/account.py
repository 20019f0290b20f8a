"""Where every log is in the end, and every poison message."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.chaos.aws import STORED_BEFORE
from tests.chaos.load import LogKey
from tests.chaos.poison import content_of, read


@dataclass
class Failures:
    """What is in the failure queue, by a file of `flask failures export`.

    Attributes:
        messages: how many.
        logs: reasons by log; more than one when it is there more than once.
        poison: reason by number.
        kinds: how many poison messages by kind and reason.
    """

    messages: int = 0
    logs: dict[LogKey, list[str]] = field(default_factory=dict)
    poison: dict[int, str] = field(default_factory=dict)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Failures":
        """Read an exported file."""
        failures = cls()
        for letter in map(json.loads, lines):
            failures.messages += 1
            if its := read(letter["body"]):
                number, kind = its
                if number not in failures.poison:
                    failures.kinds[kind, letter["reason"]] += 1
                failures.poison[number] = letter["reason"]
                continue
            (batch, *_), _, _ = json.loads(content_of(letter["body"]))
            for log in batch["logs"]:
                key = batch["tenant_id"], log.get("text") or log["original_text"]
                failures.logs.setdefault(key, []).append(letter["reason"])
        return failures

    def by_reason(self) -> Counter[str]:
        """Logs, by the reason of their first failure."""
        return Counter(reasons[0] for reasons in self.logs.values())


@dataclass(frozen=True)
class Account:
    """Every log that was accepted is either stored or in failures, once, or it is in one of the others.

    Attributes:
        accepted, stored, failed: how many logs.
        lost: neither stored nor in failures.
        duplicated: stored under two ids or under another id than the client was told, stored and in failures, or in
            failures twice.
        altered: stored texts that nobody sent.
        failures: what is in the failure queue.
    """

    accepted: int
    stored: int
    failed: int
    lost: int
    duplicated: int
    altered: int
    failures: Failures

    @classmethod
    def of(cls, accepted: Mapping[LogKey, str], items: Iterable[tuple[str, str, str]], failures: Failures) -> "Account":
        """Draw up the account.

        Args:
            accepted: log ids by tenant and text.
            items: tenant, log id and text of all that is stored.
            failures: all that is in failures.
        """
        ids: dict[LogKey, list[str]] = {}
        for tenant, log_id, text in items:
            if text != STORED_BEFORE:
                ids.setdefault((tenant, text), []).append(log_id)
        stored, failed = ids.keys() & accepted.keys(), failures.logs.keys() & accepted.keys()
        twice = {key for key in stored if ids[key] != [accepted[key]]} | (stored & failed)
        twice |= {key for key in failed if len(failures.logs[key]) > 1}
        return cls(
            accepted=len(accepted),
            stored=len(stored - failed),
            failed=len(failed),
            lost=len(accepted.keys() - stored - failed),
            duplicated=len(twice),
            altered=len((ids.keys() | failures.logs.keys()) - accepted.keys()),
            failures=failures,
        )

    @property
    def balances(self) -> bool:
        """Whether each log is in its place, once."""
        return not (self.lost or self.duplicated or self.altered) and self.accepted == self.stored + self.failed
