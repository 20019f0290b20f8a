"""A key in a file, which replaces KMS beside the embedded engine."""

import base64
import binascii
import contextlib
import hashlib
import os
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from originals.envelope import KEY_BYTES
from originals.errors import KeyRefused, KeysUnavailable
from originals.wrapping import NewKey

_NONCE_BYTES = 12


class KeyFile:
    """A key file: KEY_BYTES in base64, readable by its owner only.

    Args:
        path: the file's path.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def create(self) -> None:
        """Create the file with a new key unless it exists.

        From its first moment only its owner can read it.

        Raises:
            OSError: it can't be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Written to a temporary file first, so that no process reads half a key. A hard link fails if another process
        # was faster; a rename would replace that process's key.
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(file, "wb") as writing:
                writing.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
                writing.flush()
                os.fsync(writing.fileno())
            with contextlib.suppress(FileExistsError):
                self._path.hardlink_to(temporary)
        finally:
            temporary.unlink()

    def create_key(self, tenant_id: str) -> NewKey:
        """Create a random data key."""
        key, nonce = os.urandom(KEY_BYTES), os.urandom(_NONCE_BYTES)
        return NewKey(key, nonce + AESGCM(self._key).encrypt(nonce, key, tenant_id.encode()), self._name)

    def unwrap(self, tenant_id: str, wrapped: bytes, wrapped_by: str) -> bytes:
        """Decrypt a data key."""
        if wrapped_by != self._name:
            raise KeyRefused(f"the data key was encrypted by {wrapped_by}, but {self._path} is {self._name}")
        try:
            return AESGCM(self._key).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], tenant_id.encode())
        except InvalidTag:
            raise KeyRefused(f"the data key was not encrypted by {self._path} for this tenant") from None

    @cached_property
    def _key(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode & 0o777
                text = file.read(1024)
        except FileNotFoundError:
            raise KeysUnavailable(f"{self._path} does not exist; run: ./sluice db create") from None
        except OSError as error:
            raise KeysUnavailable(f"{self._path} can't be read: {error.strerror}") from None
        if mode & 0o077:
            raise KeysUnavailable(f"others may read or write {self._path} (mode {mode:o}): chmod 600 {self._path}")
        try:
            key = base64.b64decode(text.strip(), validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES:
            raise KeysUnavailable(f"{self._path} is not a key file: it must contain {KEY_BYTES} bytes in base64")
        return key

    @cached_property
    def _name(self) -> str:
        # A hash of 256 random bits reveals nothing about them.
        return f"key file {hashlib.sha256(self._key).hexdigest()[:8]}"
