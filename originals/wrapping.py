"""What encrypts data keys, so that they can be stored."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NewKey:
    """A data key, and what of it may be stored.

    Attributes:
        key: 32 bytes, for memory alone.
        wrapped: the same, encrypted.
        wrapped_by: the name of what encrypted it.
    """

    key: bytes = field(repr=False)
    wrapped: bytes
    wrapped_by: str


class Wrapping(Protocol):
    """Makes data keys and decrypts them, each for one tenant."""

    def new_key(self, tenant_id: str) -> NewKey:
        """A random one.

        Raises:
            KeysUnavailable: not now.
        """

    def unwrap(self, tenant_id: str, wrapped: bytes, wrapped_by: str) -> bytes:
        """The data key that `new_key` made for the same tenant.

        Raises:
            KeysUnavailable: not now.
            KeyRefused: never.
        """
