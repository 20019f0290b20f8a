"""Postal addresses, known by their key.

`address_street` holds those that are known by how a street is written.
"""

import re

from redaction.fragments.context import word_gate, word_pattern
from redaction.fragments.person_names import ANY, UPPER, decode_name, is_impersonal_word
from redaction.recognizer import Recognizer

# Keys that can mean nothing but a postal address, or its lines. Those of machines are followed by other words
# ("address line" is no "line address") or, as "ip address" and "bind address", not among them.
_STREET_KEYS = (
    "street address", "streetaddress", "street", "street name", "street1", "street2", "street 1", "street line",
    "street line 1", "address line", "addressline", "address line 1", "address line 2", "address line1", "addressline1",
    "addressline2", "address1", "address2", "address 1", "address 2", "addr1", "addr2", "addr 1", "addr line 1",
    "shipping address", "billing address", "home address", "mailing address", "postal address", "delivery address",
    "residential address", "residence address", "permanent address", "current address", "work address",
    "office address", "business address", "customer address", "patient address", "employee address",
    "shipping addr", "billing addr", "ship to address", "bill to address", "full address", "physical address",
    "registered address", "ship to", "bill to", "lieferadresse", "rechnungsadresse", "anschrift", "straße", "strasse",
    "adresse postale", "adresse de livraison", "adresse de facturation", "domicilio", "dirección", "direccion", "calle",
    "indirizzo", "endereço", "endereco", "logradouro", "straat", "adres", "ulica", "rue",
)  # fmt: skip
# Keys that may name anything: "address: 10.0.0.1:50010", "location=/var/log".
_ANY_KEYS = ("address", "addr", "adresse", "location", "addresses")
_POST_CODE_KEYS = (
    "zip", "zip code", "zipcode", "postal code", "postalcode", "postcode", "post code", "postal", "plz",
    "postleitzahl", "code postal", "código postal", "codigo postal", "cep",
)  # fmt: skip
_CITY_KEYS = ("city", "town", "suburb", "stadt", "ort", "ville", "ciudad", "città", "citta", "cidade", "county")

_QUOTE = r"(?:\\{0,7}[\"'`]|%22|&quot;)"
_IS = r"[ \t](?:is|was)[ \t]"
# customer[street]=..., but no token: "[IP_ADDRESS]:80".
_BETWEEN = rf"(?:(?<=[a-z])\])?{_QUOTE}?(?:[ \t]{{0,3}}(?:=>|:=|[:=]|%3[AaDd])[ \t]{{0,8}}|>|{_IS})"
_GATE_BETWEEN = r"\]?[\\\"'`%2&quot;]{0,9}(?:[ \t]{0,3}[:=%]|>|[ \t](?:is|was)[ \t])"
_GATE_OPEN = r"[=>3ADad \t]{0,9}[\\\"'`%2&quot;]{0,9}"
_ESCAPED = r"\\{1,7}u[0-9A-Fa-f]{4}|\\{1,3}[nrt/]"
_QUOTED = rf"(?:[^\"\\`<>{{}}=\r\n]|{_ESCAPED}){{3,160}}?"
# Up to the next pair, or what parts fields; a comma does not.
_NO_KEY = r"(?![ ,]{0,2}[\"']?[A-Za-z_][\w.-]{0,24}[\"']?[ ]?[=:])"
_BARE = rf"(?:{_NO_KEY}(?:[^\x00-\x1f\"'\\`<>{{}}()\[\]|;&=@$]|(?<=\w)'(?=[A-Za-z]))){{3,120}}"
_HEX = re.compile(r"(?i:0x[0-9a-f]+|[0-9a-f]{12,}|[\d.:/]+)")


def _is_address(match: re.Match[str]) -> bool:
    """Accept words with a house number, or several words.

    The key already names an address, so the value needs little proof.
    """
    value = decode_name(match["value"]).strip()
    words = re.findall(r"[^\W\d_]{2,}", value)
    return (
        bool(words)
        and (" " in value or "," in value or not value.isascii())
        and (any(sign.isdigit() for sign in value) or len(words) > 1)
        and not _HEX.fullmatch(value)
        and not re.search(r"://|[\w.-]@|^[\w.-]+(?::\d+)?$|^/|\b\d+\.\d+\.\d+\.\d+\b", value)
    )


def _has_digit(match: re.Match[str]) -> bool:
    return any(sign.isdigit() for sign in match["value"])


def _is_keyed_address(match: re.Match[str]) -> bool:
    """Accept an unquoted value only with a number.

    "Street: this field is required" is prose.
    """
    return (match["quote"] is not None or _has_digit(match)) and _is_address(match)


# 12 Main St; Hauptstraße 12, 80331 München; Av. Paulista 1000
_NUMBER_FIRST = (
    rf"\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,4}})?,? (?:\d{{1,4}},? )?"
    rf"(?:[{UPPER}]|(?:rue|rua|via|de|la|av|bd|north|south|east|west|\d)\b)"
)
_NUMBER_LAST = (
    rf"[{UPPER}][^\W\d_'’]{{1,24}}[.]?(?:[ '’-][^\W\d_]{{1,24}}[.]?){{0,4}},? \d{{1,4}}[a-zA-Z]?(?:/\w)?"
    rf"(?:[,;\n]|$| [{UPPER}])"
)
_HOUSE = re.compile(rf"{_NUMBER_FIRST}|{_NUMBER_LAST}|P\.?O\.? ?Box")


def _has_house(match: re.Match[str]) -> bool:
    """Accept a value that also begins as a postal address does.

    The key may name a machine's address.
    """
    value = decode_name(match["value"]).strip()
    if not (_has_digit(match) and _is_address(match) and _HOUSE.match(value)):
        return False
    return value[0].isdigit() or not is_impersonal_word(value.split(" ")[0])


_RECORD = 200
_PARTS = (
    "street",
    "straße",
    "strasse",
    "addr",
    "zip",
    "post",
    "plz",
    "calle",
    "rue",
    "indirizzo",
    "domicilio",
    "straat",
)
_PART_KEY = re.compile(rf"(?:{'|'.join(_PARTS)})[\w ]{{0,12}}(?:\\{{0,3}}[\"'])?[ ]?[=:>]")


def _is_beside_street(match: re.Match[str]) -> bool:
    """Accept a town only beside a street or a post code.

    A town by itself identifies nobody.
    """
    text, start, end = match.string, match.start(), match.end()
    around = (text[max(0, start - _RECORD) : start].lower(), text[end : end + _RECORD].lower())
    return any(any(part in side for part in _PARTS) and _PART_KEY.search(side) is not None for side in around)


RECOGNIZERS: tuple[Recognizer, ...] = (
    Recognizer(
        name="address_key",
        entity="ADDRESS",
        gate=rf"{word_gate(_STREET_KEYS)}{_GATE_BETWEEN}",
        gate_kind="words",
        pattern=re.compile(
            rf"{word_pattern(_STREET_KEYS)}{_BETWEEN}(?P<quote>{_QUOTE})?"
            rf"(?P<value>(?(quote){_QUOTED}|{_BARE}))(?(quote)(?P=quote)(?![^\W_]))"
        ),
        validate=_is_keyed_address,
        starts_at_gate=True,
        positive=(
            ('"street":"12 Main St"', "12 Main St"),
            (r"{\"billing_address\": \"Apt 5, 12 Main, NY\"}", "Apt 5, 12 Main, NY"),
            ('"addressLine1":"Flat 2, The Old Mill"', "Flat 2, The Old Mill"),
            (r'"Straße":"K\u00f6nigsallee 12"', r"K\u00f6nigsallee 12"),
            ("'home_address': '1-2-3 Shibuya, Tokyo'", "1-2-3 Shibuya, Tokyo"),
            ("street=12 Main St city=x", "12 Main St"),
            ("Shipping address: 5 Elm Grove, Leeds LS1 4AP", "5 Elm Grove, Leeds LS1 4AP"),
            ("?street=12+Main+St&x=1", "12+Main+St"),
            ("<street>12 Main St</street>", "12 Main St"),
            ("Anschrift: Am Markt 3, 01067 Dresden; x", "Am Markt 3, 01067 Dresden"),
        ),
        negative=(
            '"street":null',
            '"street":""',
            '"home_address":"10.0.0.1"',
            '"current_address":"0x7fff5fbff8c0"',
            '"physical_address":"00000000fee00000"',
            '"street":"[ADDRESS]"',
            '"billing_address":{"id":5}',
            '"billing_address":"none"',
            '"delivery_address":"queue/5"',
            "street: required",
            "current address: 0x7fff5fbff8c0",
            "physical address: 10.0.0.1:80",
            "home_address=null",
            "street=12",
        ),
    ),
    Recognizer(
        name="address_any_key",
        entity="ADDRESS",
        gate=rf"{word_gate(_ANY_KEYS)}{_GATE_BETWEEN}{_GATE_OPEN}"
        rf"(?:[0-9]+[A-Za-z]?(?:[-/][0-9]+)?,?(?: |\+|%20)[A-Za-z0-9%{ANY}]"
        rf"|[A-Z{ANY}][A-Za-z0-9%+{ANY}'’. -]*,?(?: |\+|%20)[0-9]|P\.?O\.? ?B)",
        gate_kind="words",
        pattern=re.compile(
            rf"{word_pattern(_ANY_KEYS)}{_BETWEEN}{_QUOTE}?(?![%+ \t])(?![^%]{{0,120}}%3\d)(?P<value>{_BARE})"
        ),
        validate=_has_house,
        starts_at_gate=True,
        positive=(
            ('"address":"12 Elm, Apt 3"', "12 Elm, Apt 3"),
            ("address: 12 Elm Grove, Leeds", "12 Elm Grove, Leeds"),
            ("addr=12+Elm+Grove&x=1", "12+Elm+Grove"),
            ("Adresse: Am Markt 3, 01067 Dresden", "Am Markt 3, 01067 Dresden"),
            ("Address:     03555 Vicolo Calcirelli 13 Suite 694", "03555 Vicolo Calcirelli 13 Suite 694"),
        ),
        negative=(
            "address=0x7fff",
            "address: 10.0.0.1:50010 is dead",
            "address: 5 retries left",
            "ip_address=10.0.0.1",
            "bind address: Port 80",
            "location: Server 5 is down",
        ),
    ),
    Recognizer(
        name="address_post_code",
        entity="ADDRESS",
        gate=rf"{word_gate(_POST_CODE_KEYS)}{_GATE_BETWEEN}{_GATE_OPEN}[A-Za-z0-9]",
        gate_kind="words",
        pattern=re.compile(
            rf"{word_pattern(_POST_CODE_KEYS)}{_BETWEEN}{_QUOTE}?"
            r"(?P<value>\d{5}(?:-\d{4}|-\d{3})?|\d{3}-\d{4}|\d{4}(?: [A-Z]{2})?|\d{6}|\d{3} \d{2}|\d{2}-\d{3}"
            r"|[A-Za-z]{1,2}\d[0-9A-Za-z]?(?: |\+|%20)?\d[A-Za-z]{2}|[A-Za-z]\d[A-Za-z](?: |\+|%20|-)?\d[A-Za-z]\d)"
            r"(?![\w.%:/-])"
        ),
        starts_at_gate=True,
        positive=(
            ("ZIP: 48750", "48750"),
            ('"postalCode":"SW1A 1AA"', "SW1A 1AA"),
            ("zip_code=62704-1234", "62704-1234"),
            ("PLZ: 01067", "01067"),
            ("postcode=K1A+0B1&x", "K1A+0B1"),
            ("CEP: 01310-100", "01310-100"),
        ),
        negative=(
            "zip=file.zip",
            "zip: 12345.zip",
            "gzip=12345",
            "unzip: 12345",
            "zipped=12345",
            "cap=100",
        ),
    ),
    Recognizer(
        name="address_city",
        entity="ADDRESS",
        gate=rf"{word_gate(_CITY_KEYS)}{_GATE_BETWEEN}{_GATE_OPEN}[A-Z{ANY}]",
        gate_kind="words",
        pattern=re.compile(
            rf"{word_pattern(_CITY_KEYS)}{_BETWEEN}{_QUOTE}?"
            rf"(?P<value>[{UPPER}][^\W\d_]{{1,24}}\.?(?:(?: |\+|%20|-|'){_NO_KEY}[^\W\d_]{{1,24}}){{0,3}})(?![\w@/=:(])"
        ),
        validate=_is_beside_street,
        starts_at_gate=True,
        positive=(("zip=x city=New York state=NY", "New York"), ('"street":"x","city":"Köln"', "Köln")),
        negative=("city=Springfield", "city=null zip=5", "capacity=Full zip=5"),
    ),
)
