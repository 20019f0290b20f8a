"""Prices of AWS calls: us-east-1, on demand, beyond the free tiers.

https://aws.amazon.com/sqs/pricing/ · https://aws.amazon.com/sns/pricing/ · https://aws.amazon.com/dynamodb/pricing/
and, for fair queues, https://cloudburn.io/blog/amazon-sqs-pricing (14 March 2026)
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.slow_network import Call

DATE = "March 2026"
REGION = "us-east-1"
SQS_REQUEST = 0.40e-6
"""Dollars per request to a standard queue. A request is billed for each 64 KB that it begins."""
SQS_FAIR_REQUEST = 0.10e-6
"""Surcharge for messages with a MessageGroupId (fair queues)."""
SNS_PUBLISH = 0.50e-6
"""Billed by 64 KB, as SQS's requests. Deliveries from SNS to SQS are free."""
DYNAMODB_WRITE_UNIT = 0.625e-6
DYNAMODB_READ_UNIT = 0.125e-6
BILLED_BYTES = 65_536


@dataclass(frozen=True)
class Bill:
    """Dollars, by service."""

    sqs: float
    sns: float
    dynamodb: float

    @property
    def total(self) -> float:
        return self.sqs + self.sns + self.dynamodb


def bill(calls: Iterable[Call], write_units: float, *, fair_queues: bool) -> Bill:
    """Compute the price of calls.

    Args:
        calls: to any of the services.
        write_units: of the stored logs, by size, because the engine reports one unit for any item. An update counts as
            one more.
        fair_queues: whether messages have a group id.
    """
    sqs = sns = reads = updates = 0
    for call in calls:
        billed = max(1, math.ceil(call.payload_bytes / BILLED_BYTES))
        sqs += billed if call.service == "sqs" else 0
        sns += billed if call.service == "sns" else 0
        reads += call.operation in ("GetItem", "Query", "BatchGetItem")
        updates += call.operation == "UpdateItem"
    return Bill(
        sqs * (SQS_REQUEST + SQS_FAIR_REQUEST * fair_queues),
        sns * SNS_PUBLISH,
        (write_units + updates) * DYNAMODB_WRITE_UNIT + reads * DYNAMODB_READ_UNIT,
    )
