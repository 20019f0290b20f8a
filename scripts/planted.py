"""Made-up personal data and secrets, with valid check digits, in logs."""

import base64
import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from stdnum import iban, luhn
from stdnum.br import cpf
from stdnum.es import dni
from stdnum.gb import nhs
from stdnum.us import rtn

Maker = Callable[[random.Random], str]


@dataclass(frozen=True)
class PlantedLog:
    """Log, and the values that must not be left in it."""

    tenant_id: str
    text: str
    planted: tuple[str, ...]


def _digits(source: random.Random, count: int) -> str:
    return "".join(source.choice("0123456789") for _ in range(count))


def _letters(source: random.Random, count: int) -> str:
    return "".join(source.choice("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(count))


def _phone(source: random.Random) -> str:
    area, exchange, line = f"{source.randint(201, 989)}", f"{source.randint(200, 999)}", _digits(source, 4)
    shape = source.choice(["{}-{}-{}", "({}) {}-{}", "{}.{}.{}", "+1 {} {} {}", "+1{}{}{}"])
    return shape.format(area, exchange, line)


def _email(source: random.Random) -> str:
    name = source.choice(["ada.lovelace", "grace_hopper", "alan+logs", "k.johnson", "j-von-neumann"])
    return f"{name}{_digits(source, 3)}@{source.choice(['example.com', 'mail.example.org', 'example.co.uk'])}"


def _ipv4(source: random.Random) -> str:
    network = source.choice(["10.20", "172.16", "192.168", "203.0"])
    return f"{network}.{source.randint(0, 255)}.{source.randint(1, 254)}"


def _ipv6(source: random.Random) -> str:
    return f"2001:db8:{source.randint(1, 0xFFFF):x}::{source.randint(1, 0xFFFF):x}"


def _mac(source: random.Random) -> str:
    return ":".join(f"{source.randint(0, 255):02x}" for _ in range(6))


def _ssn(source: random.Random) -> str:
    return f"{source.randint(1, 665):03}-{source.randint(1, 99):02}-{source.randint(1, 9999):04}"


def _card(source: random.Random) -> str:
    number = source.choice(["4", "51", "55", "2221"])
    number += _digits(source, 15 - len(number))
    number += luhn.calc_check_digit(number)
    joint = source.choice(["", " ", "-"])
    return joint.join(number[index : index + 4] for index in range(0, 16, 4))


def _iban(source: random.Random) -> str:
    account = _digits(source, 18)
    return "DE" + iban.calc_check_digits(f"DE00{account}") + account


def _routing(source: random.Random) -> str:
    number = f"{source.randint(1, 12):02}{_digits(source, 6)}"
    return number + rtn.calc_check_digit(number)


def _cpf(source: random.Random) -> str:
    number = _digits(source, 9)
    return cpf.format(number + cpf._calc_check_digits(number))


def _dni(source: random.Random) -> str:
    number = _digits(source, 8)
    return number + dni.calc_check_digit(number)


def _nhs(source: random.Random) -> str:
    while True:
        number = f"{source.randint(4, 7)}{_digits(source, 9)}"
        if nhs.is_valid(number):
            return number


def _imei(source: random.Random) -> str:
    number = f"35{_digits(source, 12)}"
    return number + luhn.calc_check_digit(number)


def _birth(source: random.Random) -> str:
    return f"{source.randint(1940, 2005)}-{source.randint(1, 12):02}-{source.randint(1, 28):02}"


def _password(source: random.Random) -> str:
    return f"{_letters(source, 6)}!{_digits(source, 3)}"


def _aws_key(source: random.Random) -> str:
    return "AKIA" + "".join(source.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))


def _github_token(source: random.Random) -> str:
    return f"ghp_{_letters(source, 36)}"


def _jwt(source: random.Random) -> str:
    def encoded(part: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")

    signature = base64.urlsafe_b64encode(hashlib.sha256(_digits(source, 9).encode()).digest()).decode().rstrip("=")
    return ".".join([encoded({"alg": "HS256", "typ": "JWT"}), encoded({"sub": _digits(source, 9)}), signature])


def _name(source: random.Random) -> str:
    first = source.choice(["Ada", "Grace", "Alan", "Katherine", "Mary"])
    return f"{first} {source.choice(['Lovelace', 'Hopper', 'Turing', 'Johnson', 'Jackson'])}"


def _street(source: random.Random) -> str:
    return f"{source.randint(1, 9999)} {source.choice(['Oak', 'Maple', 'Washington', 'Lake'])} Street"


TEMPLATES: list[tuple[str, tuple[Maker, ...]]] = [
    ("Customer {} logged in", (_phone,)),
    ("level=info msg=signup user={} src={}", (_email, _ipv4)),
    ('{} - - "GET /account HTTP/1.1" 200 1532 "-" "curl/8.5.0"', (_ipv4,)),
    ("payment declined card={} amount=12.90 EUR attempt=3", (_card,)),
    ("KYC check failed for SSN {} (contact {})", (_ssn, _phone)),
    ('{{"event": "reset", "to": "{}", "ip": "{}"}}', (_email, _ipv6)),
    ("java.lang.IllegalStateException: no session for {}\n\tat com.example.Auth.check(Auth.java:42)", (_email,)),
    ("upstream [{}]:8443 timed out after 30000 ms", (_ipv6,)),
    ("dhcpd: DHCPACK on {} to {} via eth0", (_ipv4, _mac)),
    ('{{"type": "sepa", "iban": "{}", "amount": 12.5}}', (_iban,)),
    ("wire transfer: routing number {} accepted", (_routing,)),
    ("cliente cpf={} cadastrado", (_cpf,)),
    ("alta de cliente, DNI: {}", (_dni,)),
    ("patient nhs_number={} admitted", (_nhs,)),
    ("device enrolled imei={} model=X200", (_imei,)),
    ('{{"customer": {{"full_name": "{}", "dob": "{}"}}, "id": 42}}', (_name, _birth)),
    ("ship to {}, Springfield", (_street,)),
    ("login failed: user=svc password={} attempt=2", (_password,)),
    ("connecting to postgres://app:{}@db.internal:5432/orders", (_password,)),
    ("aws_access_key_id={} region=eu-west-1", (_aws_key,)),
    ("git clone https://{}@github.com/example/app.git", (_github_token,)),
    ("Authorization: Bearer {}", (_jwt,)),
    ('body={{\\"password\\":\\"{}\\",\\"email\\":\\"{}\\"}}', (_password, _email)),
    ("order 4f1c2d3e shipped, trace 0af7651916cd43dd8448eb211c80319c, build 3.12.1", ()),
]


def plant(source: random.Random, tenant_id: str) -> PlantedLog:
    """Make a log of one of the templates, with new personal data."""
    template, makers = source.choice(TEMPLATES)
    planted = tuple(make(source) for make in makers)
    return PlantedLog(tenant_id, template.format(*planted), planted)
