"""The registry: every recognizer that exists, in the order that settles a tie (see redaction.detection)."""

from redaction.recognizer import Recognizer
from redaction.recognizers import (
    address,
    bank,
    birth,
    crypto,
    device,
    email,
    health,
    identity,
    licence,
    location,
    national_america,
    national_asia_pacific,
    national_europe,
    network,
    password,
    payment,
    person,
    phone,
    secret,
)

RECOGNIZERS: tuple[Recognizer, ...] = (
    *secret.RECOGNIZERS,
    *password.RECOGNIZERS,
    *email.RECOGNIZERS,
    *network.RECOGNIZERS,
    *payment.RECOGNIZERS,
    *bank.RECOGNIZERS,
    *crypto.RECOGNIZERS,
    *identity.RECOGNIZERS,
    *health.RECOGNIZERS,
    *device.RECOGNIZERS,
    *licence.RECOGNIZERS,
    *birth.RECOGNIZERS,
    *national_europe.RECOGNIZERS,
    *national_america.RECOGNIZERS,
    *national_asia_pacific.RECOGNIZERS,
    *location.RECOGNIZERS,
    *address.RECOGNIZERS,
    *person.RECOGNIZERS,
    *phone.RECOGNIZERS,
)

ENTITIES: tuple[str, ...] = tuple(sorted({recognizer.entity for recognizer in RECOGNIZERS}))
