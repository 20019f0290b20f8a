"""The registry: every recognizer, in the order that settles a tie.

`redaction.overlaps` names the result of two equally long values after the earlier recognizer.
"""

from redaction.recognizer import Recognizer
from redaction.recognizers.contact import address, address_street, email, location, phone, phone_keyed
from redaction.recognizers.credentials import (
    cookie,
    http_secrets,
    jwt,
    keyed_password,
    keyed_secrets,
    one_time_codes,
    password_command,
    password_hash,
    password_prose,
    password_url,
    pem,
    vendor_tokens,
)
from redaction.recognizers.devices import device, mac, network
from redaction.recognizers.money import bank, bank_account, card_number, card_track, crypto
from redaction.recognizers.national import (
    africa,
    east_asia,
    generic,
    latin_america,
    middle_east,
    north_america,
    oceania,
    south_asia,
    south_east_asia,
)
from redaction.recognizers.national.europe import (
    central,
    eastern,
    german_speaking,
    nordic_baltic,
    southern,
    united_kingdom,
    western,
)
from redaction.recognizers.people import (
    birth_date,
    health,
    hl7,
    licence,
    person,
    person_prose,
    person_record,
    split_numbers,
    us_identity,
)

RECOGNIZERS: tuple[Recognizer, ...] = (
    *jwt.RECOGNIZERS,
    *pem.RECOGNIZERS,
    *vendor_tokens.RECOGNIZERS,
    *http_secrets.RECOGNIZERS,
    *keyed_secrets.RECOGNIZERS,
    *one_time_codes.RECOGNIZERS,
    *cookie.RECOGNIZERS,
    *password_url.RECOGNIZERS,
    *keyed_password.RECOGNIZERS,
    *password_prose.RECOGNIZERS,
    *password_command.RECOGNIZERS,
    *password_hash.RECOGNIZERS,
    *email.RECOGNIZERS,
    *network.RECOGNIZERS,
    *mac.RECOGNIZERS,
    *card_number.RECOGNIZERS,
    *card_track.RECOGNIZERS,
    *bank.RECOGNIZERS,
    *bank_account.RECOGNIZERS,
    *crypto.RECOGNIZERS,
    *us_identity.RECOGNIZERS,
    *split_numbers.RECOGNIZERS,
    *health.RECOGNIZERS,
    *device.RECOGNIZERS,
    *licence.RECOGNIZERS,
    *birth_date.RECOGNIZERS,
    *united_kingdom.RECOGNIZERS,
    *nordic_baltic.RECOGNIZERS,
    *german_speaking.RECOGNIZERS,
    *western.RECOGNIZERS,
    *southern.RECOGNIZERS,
    *central.RECOGNIZERS,
    *eastern.RECOGNIZERS,
    *north_america.RECOGNIZERS,
    *latin_america.RECOGNIZERS,
    *south_asia.RECOGNIZERS,
    *east_asia.RECOGNIZERS,
    *south_east_asia.RECOGNIZERS,
    *oceania.RECOGNIZERS,
    *middle_east.RECOGNIZERS,
    *africa.RECOGNIZERS,
    *generic.RECOGNIZERS,
    *location.RECOGNIZERS,
    *address.RECOGNIZERS,
    *address_street.RECOGNIZERS,
    *person.RECOGNIZERS,
    *person_record.RECOGNIZERS,
    *person_prose.RECOGNIZERS,
    *hl7.RECOGNIZERS,
    *phone.RECOGNIZERS,
    *phone_keyed.RECOGNIZERS,
)

ENTITIES: tuple[str, ...] = tuple(sorted({recognizer.entity for recognizer in RECOGNIZERS}))
