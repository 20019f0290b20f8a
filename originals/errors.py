"""Why an original text can't be encrypted or read. None of the messages has anything of a text or a key in it."""


class KeysUnavailable(Exception):
    """A data key can't be had now: KMS or DynamoDB does not answer, or the key file can't be used. Try again."""


class KeyRefused(Exception):
    """The data key can't be decrypted, and trying again will not help: the key over it is disabled, or another one."""


class OriginalUnreadable(Exception):
    """The original can't be read, and trying again will not help: its key is gone or refused, or it was changed."""
