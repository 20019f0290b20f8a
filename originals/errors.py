"""Errors of encrypting and reading originals.

No message quotes a text or a key.
"""


class KeysUnavailable(Exception):
    """No data key now: KMS, DynamoDB or the key file fails.

    A retry may succeed.
    """


class KeyRefused(Exception):
    """The data key can't be decrypted, and a retry will not help.

    The key that encrypted it is disabled, or was replaced by another one.
    """


class OriginalUnreadable(Exception):
    """The original can't be read, and a retry will not help.

    Its data key was deleted or is refused, or the text was changed.
    """
