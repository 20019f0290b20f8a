"""Results of `make bench-pipeline`, and the table of all runs."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.prices import DATE, REGION, Bill
from benchmarks.slow_network import Call

RATE_AIM = 30.0
CALLS_AIM = 0.05
MILLION = 1_000_000


@dataclass(frozen=True)
class Run:
    """Result of one load.

    Attributes:
        rate: logs a second.
        calls: for a million logs, by service and operation.
        dollars: for a million logs.
    """

    rate: float
    calls: Counter[tuple[str, str]]
    dollars: Bill

    @classmethod
    def from_traffic(cls, logs: int, seconds: float, traffic: Sequence[Call], bill: Bill) -> "Run":
        """Scale the traffic and the bill of `logs` logs to a million."""
        per_million = MILLION / logs
        counted = Counter((call.service, call.operation) for call in traffic)
        calls = Counter({kind: round(count * per_million) for kind, count in counted.items()})
        dollars = Bill(bill.sqs * per_million, bill.sns * per_million, bill.dynamodb * per_million)
        return cls(logs / seconds, calls, dollars)

    def calls_to(self, service: str) -> int:
        """Return the calls to one service, of all operations."""
        return sum(count for (called, _), count in self.calls.items() if called == service)


def median_run(runs: Sequence[Run]) -> Run:
    """Return the run with the median rate."""
    rate = statistics.median_low(run.rate for run in runs)
    return next(run for run in runs if run.rate == rate)


def print_table(runs: Mapping[str, Run]) -> None:
    """Print all rows, then compare the others with the last one."""
    print(f"calls and dollars for a million logs; prices of {REGION}, {DATE}")
    print(
        f"{'':34} {'logs/s':>7} {'SQS':>10} {'SNS':>9} {'DynamoDB':>10} {'$ SQS+SNS':>10} {'$ DynamoDB':>11} {'$':>7}"
    )
    for name, run in runs.items():
        calls = "".join(
            f"{run.calls_to(service):>{width},}" for service, width in (("sqs", 11), ("sns", 10), ("dynamodb", 11))
        )
        messages = run.dollars.sqs + run.dollars.sns
        print(
            f"{name:34} {run.rate:7.0f}{calls} {messages:10.3f} {run.dollars.dynamodb:11.3f} {run.dollars.total:7.3f}"
        )
    for name, run in runs.items():
        kinds = ", ".join(f"{operation} {count:,}" for (_, operation), count in run.calls.most_common(8))
        print(f"{name}: {kinds}")
    *others, (_, rival) = runs.items()
    for name, run in others:
        print(
            f"{name}: {run.rate / rival.rate:.1f} x the logs/s, "
            f"{run.calls_to('sqs') / rival.calls_to('sqs'):.2%} of the SQS calls"
        )
    print(f"aims, in batches: at least {RATE_AIM:g} x the logs/s, at most {CALLS_AIM:.0%} of the SQS calls")
