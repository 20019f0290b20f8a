"""Data keys from AWS KMS: it makes them, and decrypts them for as long as its key is enabled."""

import threading
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from originals.errors import KeyRefused, KeysUnavailable
from originals.wrapping import NewKey
from settings import settings

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

# https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html#API_Decrypt_Errors: those that say that the data
# key can't be decrypted. After any other, throttling and missing permissions among them, it may work later.
_REFUSALS = {
    "DisabledException",
    "IncorrectKeyException",
    "InvalidCiphertextException",
    "InvalidKeyUsageException",
    "KMSInvalidStateException",
    "NotFoundException",
}


class Kms:
    """Uses one key in KMS; the tenant is the encryption context of its data keys, as `tenant_id`.

    Args:
        key: its id, ARN or alias, such as alias/sluice.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._client: KMSClient | None = None
        self._lock = threading.Lock()

    def new_key(self, tenant_id: str) -> NewKey:
        """A random one. Any error is KeysUnavailable, a key that is not there too: somebody has to make it."""
        try:
            made = self._connected().generate_data_key(
                KeyId=self._key, KeySpec="AES_256", EncryptionContext={"tenant_id": tenant_id}
            )
        except (ClientError, BotoCoreError, OSError) as error:
            raise KeysUnavailable(f"KMS, {_named(error)}") from None
        return NewKey(made["Plaintext"], made["CiphertextBlob"], made["KeyId"])

    def unwrap(self, tenant_id: str, wrapped: bytes, wrapped_by: str) -> bytes:
        """The data key. KMS finds by itself under which of its keys it is, so `key` may be replaced by another one."""
        try:
            opened = self._connected().decrypt(CiphertextBlob=wrapped, EncryptionContext={"tenant_id": tenant_id})
        except (ClientError, BotoCoreError, OSError) as error:
            if _named(error) in _REFUSALS:
                raise KeyRefused(f"KMS, {_named(error)}") from None
            raise KeysUnavailable(f"KMS, {_named(error)}") from None
        return opened["Plaintext"]

    def _connected(self) -> "KMSClient":
        with self._lock:
            if self._client is not None:
                return self._client
            client = self._new_client()
            # One that was made while no credentials were to be had never gets any.
            if client._request_signer._credentials is not None:  # type: ignore[attr-defined]  # missing in the stubs
                self._client = client
            return client

    @staticmethod
    def _new_client() -> "KMSClient":
        access_key, secret = settings.engine_credentials or (None, None)
        return boto3.client(
            "kms",
            region_name=settings.aws_region,
            endpoint_url=settings.aws_endpoint_url or None,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret,
            config=Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2}),
        )


def _named(error: Exception) -> str:
    code = error.response["Error"].get("Code") if isinstance(error, ClientError) else None
    return code or type(error).__name__
