"""National numbers of Poland, Czechia, Slovakia and Hungary."""

from stdnum.cz import rc
from stdnum.hu import anum
from stdnum.pl import nip, regon

from redaction.fragments.national import NATIONAL_ID, get_digits, id_keywords, id_pattern, passes_any, weighted_sum
from redaction.recognizer import Recognizer


def _is_pesel(value: str) -> bool:
    """Verify the check digit of a Polish PESEL.

    Law of 2010-09-24, article 15: weights 1, 3, 7, 9. The date is not checked: many made-up numbers have no valid one.
    """
    return len(set(value)) > 2 and weighted_sum(get_digits(value), (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def _is_dowod(value: str) -> bool:
    """Verify a Polish identity card.

    Ordinance Dz.U. 2015 poz. 212: the fourth character is the check digit, letters count from 10.
    """
    return (
        weighted_sum([int(character, 36) for character in value.replace(" ", "")], (7, 3, 1, 9, 7, 3, 1, 7, 3)) % 10
        == 0
    )


def _is_birth_number(value: str) -> bool:
    """Verify a Czech or Slovak birth number.

    Nine digits, without a check digit, were issued until 1953, and occur with later dates.
    """
    numbers = "".join(map(str, get_digits(value)))
    if len(numbers) == 9:
        return 1 <= int(numbers[2:4]) % 50 <= 12 and 1 <= int(numbers[4:6]) <= 31
    return rc.is_valid(numbers)


def _is_taj(value: str) -> bool:
    """Verify a Hungarian health insurance number.

    Act XX of 1996, annex 3: weights 3 and 7 in turn.
    """
    numbers = get_digits(value)
    return weighted_sum(numbers[:8], (3, 7) * 4) % 10 == numbers[8]


def _is_adoazonosito(value: str) -> bool:
    """Verify a Hungarian tax number.

    Act XX of 1996, annex 1: 8, days since 1867, serial, and the sum of positions times digits by 11.
    """
    numbers = get_digits(value)
    return weighted_sum(numbers[:9], tuple(range(1, 10))) % 11 == numbers[9]


RECOGNIZERS = (
    Recognizer(
        name="pl_pesel",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{11}|\d{6} \d{5}"),
        validate=passes_any(_is_pesel),
        context=id_keywords("pesel, nr pesel, polish id"),
        positive=(("pesel=44051401458", "44051401458"), ('"peselNumber":"44051401458"', "44051401458")),
        negative=("pesel=44051401459", "pesel=00000000001", "id=44051401458"),
    ),
    Recognizer(
        name="pl_nip",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(
            r"(?:PL ?)?(?:\d{10}|\d{3}-\d{3}-\d{2}-\d{2}|\d{3}-\d{2}-\d{2}-\d{3}|\d{3} \d{3} \d{2} \d{2})"
        ),
        validate=passes_any(nip.is_valid),
        context=id_keywords("numer identyfikacji podatkowej", keys="nip", initial="(?:PL ?)?[0-9]{3}"),
        positive=(
            ("nip=8333290827", "8333290827"),
            ("NIP: PL3928621931", "PL3928621931"),
            ("nip 392-86-21-931", "392-86-21-931"),
        ),
        negative=("nip=3928621933", "snip 3928621931"),
    ),
    Recognizer(
        name="pl_regon",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{14}|\d{9}"),
        validate=passes_any(regon.is_valid),
        context=id_keywords("regon"),
        positive=(("regon=192598184", "192598184"), ("REGON: 12345678512347", "12345678512347")),
        negative=("regon=192598183", "patregon 192598184"),
    ),
    Recognizer(
        name="pl_dowod_osobisty",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[A-Za-z]{3} ?\d{6}"),
        validate=passes_any(_is_dowod),
        context=id_keywords("dowod osobisty, dowód osobisty, dowodu osobistego, nr dowodu, numer dowodu, dowod, dowód"),
        positive=(("dowod_osobisty=ABA300000", "ABA300000"), ("nr dowodu ABA 300000", "ABA 300000")),
        negative=("dowod=ABA400000", "box ABA300000"),
    ),
    Recognizer(
        name="cz_rodne_cislo",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"(?:(?:CZ|SK) ?)?\d{6}/?\d{3,4}"),
        validate=passes_any(_is_birth_number),
        context=id_keywords(
            "rodne cislo, rodné číslo, rodneho cisla, rodného čísla, rodné č, birth number, czech id, slovak id",
            keys="rc, rč, r.č, dic, dič",
            initial="(?:(?:CZ|SK) ?)?[0-9]{6}",
        ),
        positive=(
            ("rodne_cislo=640903/926", "640903/926"),
            ("rodné číslo: CZ 710319/2745", "CZ 710319/2745"),
            ('"birthNumber":"7103192745"', "7103192745"),
            ("rc=710319/2745", "710319/2745"),
        ),
        negative=("rodne_cislo=9909116450", "rodne_cislo=12345678", "src=7103192745", "src=710319/2745"),
    ),
    Recognizer(
        name="hu_taj",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{3}(?P<s>[ -]?)\d{3}(?P=s)\d{3}"),
        validate=passes_any(_is_taj),
        context=id_keywords("taj, taj szam, taj szám, tajszam, tajszám, tb szam, hungarian ssn"),
        positive=(("taj=123 456 788", "123 456 788"), ("TAJ-szám: 123456788", "123456788")),
        negative=("taj=123456789", "detaj 123456788"),
    ),
    Recognizer(
        name="hu_adoazonosito",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"8\d{9}"),
        validate=passes_any(_is_adoazonosito),
        context=id_keywords(
            "adoazonosito, adóazonosító, ado azonosito, adóazonosító jel, adoazonositojel",
            keys="tax id",
            initial="8[0-9]{9}",
        ),
        positive=(("adoazonosito=8234567896", "8234567896"), ("tax id: 8234567896", "8234567896")),
        negative=("adoazonosito=8234567897", "ts=8234567896"),
    ),
    Recognizer(
        name="hu_adoszam",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"(?:HU ?)?\d{8}(?:-\d-\d\d)?"),
        validate=lambda match: anum.is_valid(match["value"].removeprefix("HU").strip()[:8]),
        context=id_keywords("adoszam, adószám, adoszama, adószáma"),
        positive=(("adoszam=12892312-2-42", "12892312-2-42"), ("adószám: HU12892312", "HU12892312")),
        negative=("adoszam=12892313", "id 12892312"),
    ),
)
