"""Encryption of original texts: the envelope, and what encrypts the keys to it. Knows nothing of tables."""

from originals.envelope import DataCipher, key_id_of
from originals.errors import KeyRefused, KeysUnavailable, OriginalUnreadable
from originals.key_file import KeyFile
from originals.kms import Kms
from originals.wrapping import NewKey, Wrapping
from settings import settings

__all__ = [
    "DataCipher",
    "KeyFile",
    "KeyRefused",
    "KeysUnavailable",
    "Kms",
    "NewKey",
    "OriginalUnreadable",
    "Wrapping",
    "key_id_of",
    "wrapping",
]


def wrapping() -> Wrapping:
    """What the settings say that data keys are encrypted by: KMS, or a key file with the embedded engine."""
    return KeyFile(settings.key_file) if settings.key_file else Kms(settings.kms_key)
