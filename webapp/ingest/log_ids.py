"""Ids for logs that bring none: UUIDv7s, so that a tenant's logs sort by time. https://www.rfc-editor.org/rfc/rfc9562

Those of one request are made of its time, a number by chance and their place, so that a request that is sent again can
be given the same ones without keeping them.
"""

import random
import time
import uuid

import msgspec

_PLACE_BITS = 20
MAX_PLACES = 1 << _PLACE_BITS
"""Logs of a tenant in one request: each has a place of its own."""
_CHANCE_BITS = 74 - _PLACE_BITS
_IDS = uuid.UUID("6b0c9a2e-5d0f-5b1c-9a41-1f6f0f6f3a57")
"""The name space of ids that an Idempotency-Key makes."""

_chance = random.SystemRandom()


class LogIds(msgspec.Struct, frozen=True):
    """The ids of a tenant's logs in a request, in their order. `milliseconds` is since the epoch."""

    milliseconds: int
    chance: int

    @classmethod
    def new(cls) -> "LogIds":
        """Of a request that arrives now."""
        return cls(time.time_ns() // 1_000_000, _chance.getrandbits(_CHANCE_BITS))

    def of(self, place: int) -> str:
        """The id of the log at a place, from 0 to MAX_PLACES - 1."""
        low = self.chance << _PLACE_BITS | place
        number = self.milliseconds << 80 | 0x7 << 76 | low >> 62 << 64 | 0b10 << 62 | low & (1 << 62) - 1
        digits = f"{number:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def id_by_key(tenant_id: str, idempotency_key: str, index: int) -> str:
    """An id that depends on nothing but tenant, Idempotency-Key and the log's place in the request."""
    return str(uuid.uuid5(_IDS, f"{tenant_id}\n{idempotency_key}\n{index}"))
