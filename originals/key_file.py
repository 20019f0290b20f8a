"""A key in a file that stands for KMS on one machine, with the embedded engine."""

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
    """The key in a file: KEY_BYTES in base64. Only its owner may read it.

    Args:
        path: of the file; "" is none.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def make(self) -> None:
        """Make the file, with a new key, unless it is there; for its owner alone, from the first moment on.

        Raises:
            OSError: it can't be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Written elsewhere first, so that nobody reads half a key.
        beginning = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        file = os.open(beginning, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(file, "wb") as writing:
                writing.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
                writing.flush()
                os.fsync(writing.fileno())
            with contextlib.suppress(FileExistsError):
                self._path.hardlink_to(beginning)
        finally:
            beginning.unlink()

    def new_key(self, tenant_id: str) -> NewKey:
        """A random one."""
        key, nonce = os.urandom(KEY_BYTES), os.urandom(_NONCE_BYTES)
        return NewKey(key, nonce + AESGCM(self._key).encrypt(nonce, key, tenant_id.encode()), self._name)

    def unwrap(self, tenant_id: str, wrapped: bytes, wrapped_by: str) -> bytes:
        """The data key."""
        if wrapped_by != self._name:
            raise KeyRefused(f"the data key was encrypted by {wrapped_by}, but {self._path} is {self._name}")
        try:
            return AESGCM(self._key).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], tenant_id.encode())
        except InvalidTag:
            raise KeyRefused(f"the data key is not one that {self._path} encrypted for this tenant") from None

    @cached_property
    def _key(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode & 0o777
                text = file.read(1024)
        except FileNotFoundError:
            raise KeysUnavailable(f"there is no {self._path}; make it: flask --app webapp db create") from None
        except OSError as error:
            raise KeysUnavailable(f"{self._path} can't be read: {error.strerror}") from None
        if mode & 0o077:
            raise KeysUnavailable(f"others may read or write {self._path} (mode {mode:o}): chmod 600 {self._path}")
        try:
            key = base64.b64decode(text.strip(), validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES:
            raise KeysUnavailable(f"{self._path} is no key file: it must have {KEY_BYTES} bytes in base64")
        return key

    @cached_property
    def _name(self) -> str:
        # A hash of 256 random bits tells nothing about them.
        return f"key file {hashlib.sha256(self._key).hexdigest()[:8]}"
