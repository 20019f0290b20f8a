"""Postal addresses, known by how a street is written.

A street has a house number; boxes at a post office are here too.
"""

import re

from redaction.fragments.person_names import ANY, UPPER
from redaction.recognizer import Recognizer

_LETTER = r"[^\W\d_]"
_WORD = rf"[{UPPER}](?:{_LETTER}|[.'’-]){{0,24}}"
_START = r"(?<![\w.:/$#-])(?<!\d )"
_NEW_LINE = r"(?:\r?\n|\\{1,3}n)"
_JOIN = rf"(?:,? {{1,2}}|,?[ ]?{_NEW_LINE} {{0,4}}|,)"

# USPS Publication 28, appendix C1 (suffixes as they are usually written) and C2 (units). Those that log lines have
# too ("3 Hard Drive", "404 Not Found Page") are told apart by the words before them.
_SUFFIX = (
    r"(?:Street|Str?|Avenue|Ave?|Boulevard|Blvd|Road|Rd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Ter"
    r"|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Crescent|Cres|Close|Trail|Trl|Turnpike|Alley|Plaza|Mews|Grove|Broadway|Row"
    r"|STREET|STR?|AVENUE|AVE|BOULEVARD|BLVD|ROAD|RD|LANE|LN|DRIVE|DR|COURT|CT|WAY|PLACE|PL|SQUARE|TERRACE|HIGHWAY|HWY"
    r"|PARKWAY|PKWY|CIRCLE|CIR)"
)
_UNIT = (
    rf"(?:{_JOIN}(?:(?i:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm|Building|Bldg)\.? ?#?[\w-]{{1,6}}"
    r"|#[\w-]{1,6}))"
)
_POST_CODE = (
    r"(?:[0-9]{5}(?:-[0-9]{4})?|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]|[0-9]{4})"
    r"(?![\w-])"
)
# Springfield, IL 62704; London SW1A 1AA; Carlton VIC 3053
_CITY = rf"(?:{_JOIN}{_WORD}(?: {_WORD}){{0,2}}(?:{_JOIN}[A-Z]{{2,3}}(?![\w.=:-]))?(?:{_JOIN}{_POST_CODE}))"
_CITY_STATE = rf"(?:, ?{_WORD}(?: {_WORD}){{0,2}}, ?[A-Z]{{2}}(?![\w.=:-])(?: {_POST_CODE})?)"
_NUMBER = r"\d{1,5}[A-Za-z]?(?:-\d{1,4}|/\d{1,3})?"
_NAME = rf"(?P<name>(?:(?:{_WORD}|\d{{1,3}}(?:st|nd|rd|th|ST|ND|RD|TH)) ){{1,5}}?)"
_ENGLISH = re.compile(
    rf"{_START}(?P<value>(?:(?i:Flat|Apt|Suite|Unit)\.? [\w-]{{1,5}},? )?{_NUMBER} "
    rf"(?:{_NAME}{_SUFFIX}(?!\w)\.?(?: (?:[NSEW]|NE|NW|SE|SW)(?!\w))?|Broadway|Avenue of the Americas)"
    rf"{_UNIT}{{0,2}}(?:{_CITY}|{_CITY_STATE})?)(?![\w@/=(])"
)
# Words before a suffix that show it is no street: logs count or name such things.
_COUNTED = """
    hard disk flash usb system local network google one each same this the no not error found out in of to test open
    windows mac backup tape read write next first last only shared remote virtual solid two three parallel warp star
    files file bytes ms ok failed http get post put data c d
"""
_NO_STREET = frozenset(_COUNTED.split())


def _is_street(match: re.Match[str]) -> bool:
    name = match["name"]
    if name is None:
        return True
    # K Street, but no "12 I St".
    long_enough = len(name) > len("K ") or re.match(
        "Street|Avenue|Road|Drive", match.string[match.end("name") :][: len("Avenue")]
    )
    return bool(long_enough) and not _NO_STREET.intersection(name.lower().split())


# Words that a street's name ends in, in German, Dutch, Swedish, Norwegian, Danish and Finnish.
_ENDING = (
    r"(?:stra(?:ß|ss)e|str\.|gasse|platz|allee|weg|damm|ufer|chaussee|straat|laan|plein|gracht|kade|gatan|vägen|gata"
    r"|veien|vegen|vejen|gade|vej|katu|kuja|utca)"
)
_GERMANIC = re.compile(
    rf"(?<![\w/=.-])(?P<value>(?:{_WORD}[ -]){{0,2}}"
    rf"(?:[{UPPER}]{_LETTER}{{2,24}}?(?<!\W){_ENDING}|[{UPPER}]{_LETTER}{{1,24}}(?:er|[- ])[ -]?(?i:{_ENDING}))"
    rf" \d{{1,3}}(?: ?[a-h](?!\w))?(?:(?: ?[-/] ?)\d{{1,3}})?(?![\w.:%=])"
    rf"(?:{_JOIN}(?:[A-Z]{{1,2}}-)?\d{{4,5}}(?: [A-Z]{{2}})? {_WORD}(?: {_WORD}){{0,2}})?)"
)

_OF = (
    r"(?:(?:de (?:las?|los)|de|del|della|dell['’]|delle|dei|degli|di|da|do|dos|das|du|des|d['’]|l['’]|la|le|les|el) ?)"
    r"{0,2}"
)
_FRENCH = re.compile(
    rf"{_START}(?P<value>\d{{1,4}}(?: ?(?:bis|ter|[A-D]))?,? (?:"
    rf"(?i:rue|avenue|av\.|boulevard|bd|impasse|allée|quai|faubourg) {_OF}"
    rf"|(?i:place|chemin|route|cours|square|passage) (?:de (?:la |l['’])|du |des |de |d['’]))"
    rf"{_WORD}(?: {_OF}{_WORD}){{0,3}}(?:{_JOIN}\d{{5}} {_WORD}(?: {_WORD}){{0,2}})?)"
)
_WAY = (
    r"(?:Calle|C/|CALLE|Avenida|Avda\.?|Av\.|Plaza|Paseo|Carrer|Rua|Travessa|Praça|Ronda|Via|VIA|Viale|Piazza|Piazzale"
    r"|Corso|Vicolo|Largo|ul\.|ulica|al\.|ulice|улица|ул\.|проспект)"
)
_SOUTHERN = re.compile(
    rf"(?<![\w/.-])(?P<value>{_WAY} ?{_OF}{_WORD}(?: {_OF}{_WORD}){{0,3}},?(?: (?:n[º°.o]{{1,2}}|núm\.|д\.))? ?"
    rf"\d{{1,4}}(?: ?[a-zA-Z](?!\w)|/\w{{1,3}})?(?![\w.:%])(?:, \d{{1,2}}[ºª°]\.? ?\w{{1,5}})?"
    rf"(?:{_JOIN}\d{{2,5}}(?:-\d{{3}})? {_WORD}(?: {_WORD}){{0,2}})?)"
)
# "Via Port 8080", "Via Proxy 1"
_NO_VIA = re.compile(
    r"(?i:via) (?:[A-Z]+ |(?i:port|proxy|gateway|interface|router|node|server|vpn|http|socket|relay|channel|ssh))"
)


def _is_southern(match: re.Match[str]) -> bool:
    return not _NO_VIA.match(match["value"])


_BOX = re.compile(
    r"(?<![\w-])(?P<value>(?:(?i:P\.? ?O\.? ?Box|Post Office Box|Postbox|Postfach|Postbus|Casella Postale|Apartado"
    r"(?: de Correos| Postal)?|Boîte Postale|Caixa Postal) (?i:(?:no\.?|n°|#) ?)?"
    r"|(?:PSC|CMR|Unit|UNIT) \d{1,5},? (?:Box|BOX) )#?\d{1,7}(?![\w.:-])"
    rf"(?:{_CITY}|{_CITY_STATE}|{_JOIN}(?:[AFD]PO) A[AEP] \d{{5}}(?:-\d{{4}})?)?)"
)

RECOGNIZERS: tuple[Recognizer, ...] = (
    Recognizer(
        name="address_english",
        entity="ADDRESS",
        gate=rf"[0-9][A-Za-z]? (?:(?:(?:[A-Z]\.? )*"
        rf"(?:[A-Z{ANY}][A-Za-z.'’{ANY}-]+|[0-9]+(?:st|nd|rd|th|ST|ND|RD|TH)) )+"
        rf"(?:[A-Z]\.? )*{_SUFFIX}|[A-Z] (?:Street|Avenue|Road|Drive)|Broadway|Avenue of)",
        gate_kind="prefixes",
        pattern=_ENGLISH,
        validate=_is_street,
        positive=(
            ("ship to 123 Main Street", "123 Main Street"),
            (
                "1600 Pennsylvania Ave NW, Washington, DC 20500.",
                "1600 Pennsylvania Ave NW, Washington, DC 20500",
            ),
            ("at 742 Evergreen Terrace, Springfield, OR 97403, USA", "742 Evergreen Terrace, Springfield, OR 97403"),
            ("350 5th Ave, Apt 4B, New York, NY 10118", "350 5th Ave, Apt 4B, New York, NY 10118"),
            ("221b Baker Street, London NW1 6XE", "221b Baker Street, London NW1 6XE"),
            ("12 N. Martin Luther King Jr. Blvd. Suite 200", "12 N. Martin Luther King Jr. Blvd. Suite 200"),
            ("at Flat 3, 27 Gloucester Road, Bristol, BS7 8AD", "Flat 3, 27 Gloucester Road, Bristol, BS7 8AD"),
            ("45 O'Connell St", "45 O'Connell St"),
            ("500 MAIN ST APT 4 done", "500 MAIN ST APT 4"),
            (r'"to":"88 Queens Road\nBrighton"', "88 Queens Road"),
        ),
        negative=(
            "3 Hard Drive",
            "1 Way",
            "404 Not Found Way",
            "10 Google Drive files",
            "took 12 Main Streets",
            "2024-01-01 12:00:00 Main Street",
            "/v1/12 Main Street",
            "12 Start",
        ),
    ),
    Recognizer(
        name="address_germanic",
        entity="ADDRESS",
        gate=rf"(?i:{_ENDING}) [0-9]",
        gate_kind="words",
        pattern=_GERMANIC,
        positive=(
            ("wohnt Musterstraße 12", "Musterstraße 12"),
            ("Lange Gasse 5a, 1080 Wien", "Lange Gasse 5a, 1080 Wien"),
            ("Unter den Linden, Berliner Str. 7, 10117 Berlin", "Berliner Str. 7, 10117 Berlin"),
            ("Keizersgracht 241", "Keizersgracht 241"),
            ("Søndergade 52", "Søndergade 52"),
            ("Kungsgatan 8", "Kungsgatan 8"),
        ),
        negative=(
            "away 12",
            "step weg 5",
            "Platz 5",
            "str. 12",
            "Musterstraße 1.5",
            "geht weg 5 ms",
        ),
    ),
    Recognizer(
        name="address_french",
        entity="ADDRESS",
        gate=r"(?i:[0-9](?: ?(?:bis|ter|[a-d]))?,? (?:rue|avenue|av\.|boulevard|bd|impasse|allée|quai|faubourg"
        rf"|place|chemin|route|cours|square|passage)) [A-Za-z{ANY}]",
        gate_kind="words",
        pattern=_FRENCH,
        positive=(
            ("habite 12 rue de la Paix, 75002 Paris", "12 rue de la Paix, 75002 Paris"),
            ("10 bis, avenue Victor Hugo", "10 bis, avenue Victor Hugo"),
            ("3 place de l'Étoile", "3 place de l'Étoile"),
        ),
        negative=("12 rue", "3 place Holder", "1 route Added", "5 passage de test"),
    ),
    Recognizer(
        name="address_southern",
        entity="ADDRESS",
        gate=rf"{_WAY} ?[A-Za-z{ANY}][A-Za-z.'’, {ANY}-]*[0-9]",
        gate_kind="prefixes",
        pattern=_SOUTHERN,
        validate=_is_southern,
        positive=(
            ("Calle Mayor 5, 28013 Madrid", "Calle Mayor 5, 28013 Madrid"),
            ("residente in Via Roma 1", "Via Roma 1"),
            ("Piazza della Repubblica, 12", "Piazza della Repubblica, 12"),
            ("C/ Gran Vía 28, 3º A, 28013 Madrid", "C/ Gran Vía 28, 3º A, 28013 Madrid"),
            ("addr: Via Giuseppe Verdi 21/A, 20121 Milano", "Via Giuseppe Verdi 21/A, 20121 Milano"),
            ("Rua das Flores, 120", "Rua das Flores, 120"),
            ("Av. Paulista 1000", "Av. Paulista 1000"),
            ("ul. Marszałkowska 10", "ul. Marszałkowska 10"),
            ("ул. Ленина, д. 5", "ул. Ленина, д. 5"),
        ),
        negative=(
            "Via Port 8080",
            "Via: 1.1 varnish",
            "Via HTTP 2",
            "via Roma",
            "Via Node 3",
        ),
    ),
    Recognizer(
        name="address_box",
        entity="ADDRESS",
        gate=r"(?i:o\.? ?box|office box|postbox|postfach|postbus|postale?|apartado(?: de correos)?|[0-9],? box)"
        r"(?i: no\.?| n°)? ?#?[0-9]?",
        gate_kind="words",
        pattern=_BOX,
        positive=(
            ("send to PO Box 1234, Springfield, IL 62704", "PO Box 1234, Springfield, IL 62704"),
            ("P.O. Box 88", "P.O. Box 88"),
            ("Postfach 10 01", "Postfach 10"),
            ("PSC 6293, Box 8158\nAPO AP 04336", "PSC 6293, Box 8158\nAPO AP 04336"),
            ("Unit 4719 Box 7394", "Unit 4719 Box 7394"),
        ),
        negative=("PO Box", "po box size 12", "mailbox 12", "unit 5 box"),
    ),
)
