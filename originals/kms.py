"""Data keys from AWS KMS: it makes them, and decrypts them for as long as its key is enabled."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from foundation.aws_clients import KMS, get_shared_client
from observability import get_error_code
from originals.errors import KeyRefused, KeysUnavailable
from originals.wrapping import NewKey

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

    def new_key(self, tenant_id: str) -> NewKey:
        """A random one. Any error is KeysUnavailable, a key that is not there too: somebody has to make it."""
        try:
            made = self._client.generate_data_key(
                KeyId=self._key, KeySpec="AES_256", EncryptionContext={"tenant_id": tenant_id}
            )
        except (ClientError, BotoCoreError, OSError) as error:
            raise KeysUnavailable(f"KMS, {get_error_code(error)}") from None
        return NewKey(made["Plaintext"], made["CiphertextBlob"], made["KeyId"])

    def unwrap(self, tenant_id: str, wrapped: bytes, wrapped_by: str) -> bytes:
        """The data key. KMS finds by itself under which of its keys it is, so `key` may be replaced by another one."""
        try:
            opened = self._client.decrypt(CiphertextBlob=wrapped, EncryptionContext={"tenant_id": tenant_id})
        except (ClientError, BotoCoreError, OSError) as error:
            if get_error_code(error) in _REFUSALS:
                raise KeyRefused(f"KMS, {get_error_code(error)}") from None
            raise KeysUnavailable(f"KMS, {get_error_code(error)}") from None
        return opened["Plaintext"]

    @property
    def _client(self) -> "KMSClient":
        client: KMSClient = get_shared_client("kms", KMS)
        return client
