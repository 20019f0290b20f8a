"""Data keys from AWS KMS."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from foundation.aws_clients import KMS, get_shared_client
from observability import get_error_code
from originals.errors import KeyRefused, KeysUnavailable
from originals.wrapping import NewKey

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

# Errors that mean that a data key can never be decrypted. After any other, throttling and missing permissions among
# them, a retry may succeed. https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html#API_Decrypt_Errors
_REFUSALS = {
    "DisabledException",
    "IncorrectKeyException",
    "InvalidCiphertextException",
    "InvalidKeyUsageException",
    "KMSInvalidStateException",
    "NotFoundException",
}


class Kms:
    """Wrapping by one KMS key.

    KMS binds each data key to its tenant by the encryption context `tenant_id`.

    Args:
        kms_key: id, ARN or alias of the KMS key, such as alias/sluice.
    """

    def __init__(self, kms_key: str) -> None:
        self._kms_key = kms_key

    def create_key(self, tenant_id: str) -> NewKey:
        """Create a random data key.

        Every error is KeysUnavailable, even that the KMS key does not exist: an operator has to create it.
        """
        try:
            data_key = self._client.generate_data_key(
                KeyId=self._kms_key, KeySpec="AES_256", EncryptionContext={"tenant_id": tenant_id}
            )
        except (ClientError, BotoCoreError, OSError) as error:
            raise KeysUnavailable(f"KMS, {get_error_code(error)}") from None
        return NewKey(data_key["Plaintext"], data_key["CiphertextBlob"], data_key["KeyId"])

    def unwrap(self, tenant_id: str, wrapped: bytes, wrapped_by: str) -> bytes:
        """Decrypt a data key.

        KMS reads from the ciphertext which of its keys encrypted it, so the configured KMS key may be replaced.
        """
        try:
            opened = self._client.decrypt(CiphertextBlob=wrapped, EncryptionContext={"tenant_id": tenant_id})
        except (ClientError, BotoCoreError, OSError) as error:
            name = get_error_code(error)
            raise (KeyRefused if name in _REFUSALS else KeysUnavailable)(f"KMS, {name}") from None
        return opened["Plaintext"]

    @property
    def _client(self) -> "KMSClient":
        client: KMSClient = get_shared_client("kms", KMS)
        return client
