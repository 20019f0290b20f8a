"""Shapes of names, shared by the recognizers of persons.

There is no list of names, only lists of words that are none.
"""

import re
import unicodedata
from urllib.parse import unquote_plus

# Capitals of the scripts that have any: Latin, Greek, Cyrillic, Armenian.
UPPER = "A-Z" + "".join(sign for sign in map(chr, range(0xC0, 0x557)) if sign.isupper())
LETTER = r"[^\W\d_]"
# For gates, which know no Unicode classes: any character outside ASCII may be a letter.
ANY = "\x80-\U0010ffff"
GATE_CAPITAL = f"[A-Z{ANY}]"
GATE_LETTERS = f"[A-Za-z.'{ANY}-]*"

SPACE = r"(?: |\+|%20)"
PARTICLE = (
    r"(?:v[ao]n(?: de[rnm]?)?|de(?: las?| los)?|del(?:la)?|d[aiou]s?|el|al|l[ae]|bint?|ibn|ter|ten|zum?|zur|af|y)"
)
# Doe, O'Neil, Smith-Jones, McDonald; and with a dot or alone, an initial.
WORD = rf"[{UPPER}](?:{LETTER}{{1,24}}+(?:[-'’]{LETTER}{{1,24}}+){{0,2}}|['’]{LETTER}{{1,24}}+)"
_INITIAL = rf"[{UPPER}](?:\.-?[{UPPER}]){{0,2}}\.?(?![\w.])"
# No key of a following pair: "Jane Doe Email: ..."
_NO_KEY = r"(?![\w.-]{0,24}[\"']?[ ]?[=:])"
_NEXT = rf"{SPACE}(?:{PARTICLE}{SPACE}){{0,2}}{_NO_KEY}(?:{WORD}|{_INITIAL})"
# Jane Doe, J. R. R. Tolkien, Ludwig van Beethoven
FULL_NAME = rf"(?:{WORD}|[{UPPER}]\.)(?:{_NEXT}){{1,3}}"
ONE_OR_MORE = rf"{WORD}(?:{_NEXT}){{0,3}}"
LAST_FIRST = rf"{WORD},(?: |%20|\+){{0,2}}{WORD}(?:{SPACE}{_INITIAL})?"
NAME = rf"(?:{LAST_FIRST}|{FULL_NAME})"
# As in gates: a capitalised word, then one more, an initial, or what may be a particle.
GATE_TWO_WORDS = rf"{GATE_CAPITAL}{GATE_LETTERS},?(?: |\+|%20){{1,2}}[A-Zabdeiltvyz{ANY}]"

# Between a key and its value; customer[first_name]=..., but no token: "[PERSON]: ...".
QUOTE = r"(?:\\{0,7}[\"'`]|%22|&quot;)"
_IS = r"[ \t](?:is|was)[ \t]"
BETWEEN = (
    rf"(?:[ _.-]?value)?(?:(?<=[a-z])\])?{QUOTE}?"
    rf"(?:[ \t]{{0,3}}(?:=>|:=|[:=]|%3[AaDd])[ \t]{{0,4}}|>|[ ][-–][ ]|{_IS})"
)
GATE_BETWEEN = r"(?i:[ _.-]?value)?\]?[\\\"'`%2&quot;]{0,9}(?:[ \t]{0,3}[:=%]|>|[ ][-–][ ]|[ \t](?:is|was)[ \t])"
GATE_OPEN = r"[=>3ADad \t]{0,6}[\\\"'`%2&quot;]{0,9}"
# Titles are part of what names a person.
TITLE = r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Mme|Mlle|Sra?)\.?[ +])?"
END_OF_NAME = r"(?![\w@/\\=:({%])"

# Words that stand where a name is missing, hidden or of another kind.
_NO_NAME_WORDS = """
    null none nil undefined unknown empty missing required invalid true false yes no n/a na string str text varchar
    char void object any anonymous redacted masked hidden filtered removed deleted private confidential test admin
    root default optional must cannot should blank value field column label placeholder changed updated not nan is
    and or here this that the error
"""
_NO_NAME = frozenset(_NO_NAME_WORDS.split())
# Words in the names of programs, services, organisations and places, which no person is called.
_IMPERSONAL_WORDS = """
    access account action active activity address admin administrator administrators agent alert alerts all amazon
    and answer api app apple application apps april archive are array as asset at audit august authority auto
    autoscaling aws azure backend backup bank base bash basic batch beta bill billing block board boot bot bridge
    browser bucket build builder building bus business button by cache call can card care catalog cell center
    central centre certificate change channel check chrome cisco city class client cloud cluster code collector
    college command commerce commit common community company compute computer config configuration connect
    connection connections console contact contacts container content control controller core corp corporation could
    count country crash create created credit cron current custom customer customers daemon daily dashboard data
    database date day dear debug december default delivery department deploy deployment desk desktop detail details
    dev device devices dialog digital directory disk display docker document documents domain done download driver
    duplicate edge edit editor email employee enabled end engine enterprise entity entry error errors event events
    everybody everyone exception exchange executor expired explorer export express external factory failed failure
    feature february field fields file files filter finance firefox firewall first flow folder folks for form format
    forwarder found foundation framework free friday friend friends from frontend full function gateway general
    generic get github global gmbh google graph group groups guest guys had handler has have health hello help
    helper hi history home host hosting hub iam identity if image import in inc index info infrastructure inner
    input install installer instance insurance integration interface internal internet invalid inventory invoice is
    issue it item items its january java job jobs july june kernel key kit kubernetes lab label labs layer library
    license limit limited line linux list listener llc load local location log logger logging login logs ltd mac
    machine madam mail main maintenance manager map march market marketing master media member memory message
    messages meta method metric metrics microsoft middleware migration missing mobile mode model module monday
    monitor monitoring mozilla my mysql name names native net network new next nginx no node none not note nothing
    notification november number object october of office offline ok on online open operation operator option oracle
    order orders organization other out output overview owner package page panel parser partner password path
    payment payments pending permission person phone pipeline plan platform plugin point policy pool port portal
    ports power premium preview price print printer priority private pro process processor product production
    products profile program progress project properties property provider proxy public python query queue rate read
    reader ready recipients record redis ref refresh regards region registry relay release reload remote render
    report reporting reports request required reset resource response rest restart result retry review role root
    route router rule run runner runtime safari sales sample saturday save scan scheduler schema school scope screen
    script sdk search section secure security select selected sender september server service services session set
    settings setup share shared shell shop should sir site size smart software solution solutions source space
    spooler sql ssl stack staff stage staging standard start status step stock stop storage store stream string
    studio subscription suite summary sunday super support sync system systems tab table tag task tasks tax team
    teams technologies technology temp template terminal test tester testing text thanks the theme then there thread
    thursday ticket time timeout timer to token tool tools total trace track transaction transfer trigger trust
    tuesday type ui unauthorized unavailable undisclosed unit university unix unknown until update updated updater
    upload usage user users utility validation value valued vendor version video view viewer virtual volume
    warehouse warning was watch web webhook website wednesday were when while widget will window windows with
    without wizard work worker workflow workspace workstation world write writer xml your zone
"""
_IMPERSONAL = frozenset(_IMPERSONAL_WORDS.split())
_ESCAPE = re.compile(r"\\{1,7}u([0-9A-Fa-f]{4})")
_WORDS = re.compile(rf"{LETTER}[^\s,]*")
_MARKS = frozenset(" .,'’`-()")
_MAX_WORDS = 6


def decode_name(value: str) -> str:
    r"""Decode the escapes of a value: `Jos\u00e9`, `Jos%C3%A9`, `Jane+Doe`."""
    if "\\" in value:
        value = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), value)
    return unquote_plus(value) if "%" in value or "+" in value else value


def split_words(name: str) -> list[str]:
    """Return the words of a decoded name, lower-cased, without final dots."""
    return [word.strip(".'’").lower() for word in _WORDS.findall(name)]


def could_be_name(name: str) -> bool:
    """Return True for a few words of letters.

    For a value whose key means a name. Words that stand where a name is missing are rejected.
    """
    words = split_words(name)
    if not 0 < len(words) <= _MAX_WORDS or _NO_NAME.intersection(words):
        return False
    return all(sign.isalpha() or sign in _MARKS or unicodedata.category(sign).startswith("M") for sign in name)


def could_be_person(name: str) -> bool:
    """Return True for a name without impersonal words.

    For a value that only looks like a name: words of programs, organisations and places are rejected too.
    """
    words = split_words(name)
    return could_be_name(name) and not _IMPERSONAL.intersection(words) and any(len(word) > 1 for word in words)


def is_impersonal_word(word: str) -> bool:
    """Return True for a word that names programs and the like."""
    return word.lower() in _IMPERSONAL
