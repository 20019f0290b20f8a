"""Report of a run, printed as a table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.chaos.account import Account
from tests.chaos.mayhem import Mayhem

Row = tuple[str, int, str]


@dataclass(frozen=True)
class Report:
    """Findings of a run.

    Attributes:
        sent: number of logs.
        answers: to the clients, by status or error.
        wrong: answers that should never be given.
        poison: number of poison messages sent.
        mayhem: kills, outages and faults.
        deliveries: tasks that ended, and how often one of them again.
        shown: lines of the processes' logs with a text in them.
        copies: messages in failures that are the same dead letter as another one.
        before, after: accounts around the redrive of failures.
    """

    sent: int
    answers: Counter[str]
    wrong: list[str]
    poison: int
    mayhem: Mayhem
    deliveries: tuple[int, int]
    shown: int
    copies: int
    before: Account
    after: Account

    @property
    def passes(self) -> bool:
        """True if each log and each poison message is where it belongs."""
        return (
            self.sent == self.before.accepted
            and self.before.is_balanced
            and self.after.is_balanced
            and self.after.failed == 0
            and all(len(account.failures.poison) == self.poison for account in (self.before, self.after))
            and not self.wrong
            and not self.shown
        )

    def rows(self) -> Iterator[Row]:
        """Yield name, number and remark of each row."""
        failures = self.before.failures
        tasks, redelivered = self.deliveries
        yield "sent", self.sent, ""
        yield "accepted", self.before.accepted, f"answers: {_format_counts(self.answers)}"
        yield "stored", self.before.stored, ""
        yield "in failures", self.before.failed, _format_counts(failures.count_by_reason())
        yield "  copies", self.copies, "failed again in another delivery; shown and redriven as one"
        yield "lost", self.before.lost, ""
        yield "duplicated", self.before.duplicated, ""
        yield "altered", self.before.altered, ""
        yield "poison", self.poison, ""
        yield "poison in failures", len(failures.poison), ""
        for (kind, reason), count in sorted(failures.kinds.items()):
            yield f"  {kind}", count, reason
        yield "SIGKILLs", self.mayhem.kills.total(), _format_counts(self.mayhem.kills)
        yield "engine outages", self.mayhem.outages, ""
        yield "faults", self.mayhem.faults.total(), ", ".join(self.mayhem.faults)
        yield "tasks redelivered", redelivered, f"of {tasks}"
        yield "texts in logs", self.shown, ""
        for wrong in self.wrong:
            yield "WRONG", 1, wrong
        yield "after redrive: stored", self.after.stored, ""
        yield "  in failures", self.after.failed, f"beside {len(self.after.failures.poison)} poison"
        yield "  lost", self.after.lost, ""
        yield "  duplicated", self.after.duplicated + self.after.altered, ""

    def format_table(self) -> str:
        """Return the rows in columns."""
        return "\n".join(f"{name:24}{number:>8,}  {remark}".rstrip() for name, number, remark in self.rows())


def _format_counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())
