"""The registry: every recognizer that exists, in the order that settles a tie (see redaction.detection)."""

from redaction.recognizer import Recognizer
from redaction.recognizers import email, identity, network, payment, phone

RECOGNIZERS: tuple[Recognizer, ...] = (
    *email.RECOGNIZERS,
    *network.RECOGNIZERS,
    *payment.RECOGNIZERS,
    *identity.RECOGNIZERS,
    *phone.RECOGNIZERS,
)

ENTITIES: tuple[str, ...] = tuple(sorted({recognizer.entity for recognizer in RECOGNIZERS}))
