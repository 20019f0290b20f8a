"""What the transport refuses."""


class MessageTooLarge(Exception):
    """SQS would not take the message; say it in several."""
