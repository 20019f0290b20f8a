"""Wrapping: the encryption of data keys, so that they can be stored."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new data key, with its encrypted form.

    Attributes:
        key: 32 bytes, for memory only.
        wrapped: the key, encrypted; may be stored.
        wrapped_by: ARN of the KMS key that encrypted it, or name of the key file.
    """

    key: bytes = field(repr=False)
    wrapped: bytes
    wrapped_by: str


class Wrapping(Protocol):
    """Creates and decrypts data keys, each for one tenant."""

    def create_key(self, tenant_id: str) -> NewKey:
        """Create a random data key.

        Raises:
            KeysUnavailable: it can't be created now.
        """

    def unwrap(self, tenant_id: str, wrapped: bytes, wrapped_by: str) -> bytes:
        """Decrypt a data key that `create_key` made for the same tenant.

        Raises:
            KeysUnavailable: it can't be decrypted now.
            KeyRefused: it can never be decrypted.
        """
