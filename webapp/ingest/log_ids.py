"""Ids for logs without one.

They are UUIDv7s, so that a tenant's logs sort by time. https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
The ids of a request consist of its time, a random number and the index of the log. A repeated request can therefore get
the same ids without storing each of them.
"""

import random
import time
import uuid

import msgspec

_INDEX_BITS = 20
MAX_LOGS = 1 << _INDEX_BITS
"""Logs of a tenant in one request, each with an index of its own."""
_RANDOM_BITS = 74 - _INDEX_BITS
_NAMESPACE = uuid.UUID("6b0c9a2e-5d0f-5b1c-9a41-1f6f0f6f3a57")
"""Namespace of the ids made from an Idempotency-Key. A change would store repeated requests twice."""

_random = random.SystemRandom()


class LogIds(msgspec.Struct, frozen=True):
    """Ids for a tenant's logs in a request. `milliseconds` count from 1970."""

    milliseconds: int
    random_bits: int

    @classmethod
    def generate(cls) -> "LogIds":
        """Generate ids for a request that arrives now."""
        return cls(time.time_ns() // 1_000_000, _random.getrandbits(_RANDOM_BITS))

    def id_at(self, index: int) -> str:
        """Return the id of a log, by its index below MAX_LOGS."""
        low = self.random_bits << _INDEX_BITS | index
        # 48 bits of time, the version 7, 12 bits of `low`, the variant 0b10, and the other 62 bits of `low`.
        number = self.milliseconds << 80 | 0x7 << 76 | low >> 62 << 64 | 0b10 << 62 | low & (1 << 62) - 1
        digits = f"{number:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def id_from_idempotency_key(tenant_id: str, idempotency_key: str, index: int) -> str:
    """Return an id that depends on these arguments alone."""
    return str(uuid.uuid5(_NAMESPACE, f"{tenant_id}\n{idempotency_key}\n{index}"))
