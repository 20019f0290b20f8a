"""Encryption of originals: the envelope, KMS and the key file."""

from originals.envelope import DataCipher, parse_data_key_id
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
    "get_wrapping",
    "parse_data_key_id",
]


def get_wrapping() -> Wrapping:
    """Return the configured wrapping of data keys: KMS or a key file."""
    return KeyFile(settings.key_file) if settings.key_file else Kms(settings.kms_key)
