"""The registry: every recognizer that exists, in the order that settles a tie (see redaction.detection)."""

from redaction.recognizer import Recognizer
from redaction.recognizers.contact import address, email, location, phone, phone_keyed
from redaction.recognizers.credentials import (
    cookie,
    http_headers,
    jwt,
    keyed,
    keyed_password,
    one_time_codes,
    password_command,
    password_hash,
    password_prose,
    password_url,
    pem,
    vendor_tokens,
)
from redaction.recognizers.devices import device, network
from redaction.recognizers.money import bank, bank_account, crypto, payment, payment_track
from redaction.recognizers.national import (
    africa,
    asia_pacific,
    australia,
    east_asia,
    generic,
    india,
    latin_america,
    middle_east,
    north_america,
)
from redaction.recognizers.national.europe import central, eastern, germany, nordic, southern, united_kingdom, western
from redaction.recognizers.people import birth, health, hl7, identity, licence, person, split_numbers

RECOGNIZERS: tuple[Recognizer, ...] = (
    *jwt.RECOGNIZERS,
    *pem.RECOGNIZERS,
    *vendor_tokens.RECOGNIZERS,
    *http_headers.RECOGNIZERS,
    *keyed.RECOGNIZERS,
    *one_time_codes.RECOGNIZERS,
    *cookie.RECOGNIZERS,
    *password_url.RECOGNIZERS,
    *keyed_password.RECOGNIZERS,
    *password_prose.RECOGNIZERS,
    *password_command.RECOGNIZERS,
    *password_hash.RECOGNIZERS,
    *email.RECOGNIZERS,
    *network.RECOGNIZERS,
    *payment.RECOGNIZERS,
    *payment_track.RECOGNIZERS,
    *bank.RECOGNIZERS,
    *bank_account.RECOGNIZERS,
    *crypto.RECOGNIZERS,
    *identity.RECOGNIZERS,
    *split_numbers.RECOGNIZERS,
    *health.RECOGNIZERS,
    *device.RECOGNIZERS,
    *licence.RECOGNIZERS,
    *birth.RECOGNIZERS,
    *united_kingdom.RECOGNIZERS,
    *nordic.RECOGNIZERS,
    *germany.RECOGNIZERS,
    *western.RECOGNIZERS,
    *southern.RECOGNIZERS,
    *central.RECOGNIZERS,
    *eastern.RECOGNIZERS,
    *north_america.RECOGNIZERS,
    *latin_america.RECOGNIZERS,
    *india.RECOGNIZERS,
    *east_asia.RECOGNIZERS,
    *asia_pacific.RECOGNIZERS,
    *australia.RECOGNIZERS,
    *middle_east.RECOGNIZERS,
    *africa.RECOGNIZERS,
    *generic.RECOGNIZERS,
    *location.RECOGNIZERS,
    *address.RECOGNIZERS,
    *person.RECOGNIZERS,
    *hl7.RECOGNIZERS,
    *phone.RECOGNIZERS,
    *phone_keyed.RECOGNIZERS,
)

ENTITIES: tuple[str, ...] = tuple(sorted({recognizer.entity for recognizer in RECOGNIZERS}))
