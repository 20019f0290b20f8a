"""National numbers of Eastern Europe and Kazakhstan.

Romania, Bulgaria, Croatia, Slovenia and other successors of Yugoslavia, Russia, Ukraine, Kazakhstan.
"""

from stdnum.bg import egn, pnf
from stdnum.hr import oib
from stdnum.ro import cf, cnp
from stdnum.ru import inn
from stdnum.si import ddv, emso
from stdnum.ua import edrpou, rntrc

from redaction.fragments.national import NATIONAL_ID, get_digits, id_keywords, id_pattern, passes_any, weighted_sum
from redaction.recognizer import Recognizer


def _is_snils(value: str) -> bool:
    """Verify a Russian SNILS by modulo 101.

    Pension Fund order 192p: weights 9 to 1; 100 is written 00.
    """
    numbers = get_digits(value)
    return weighted_sum(numbers[:9], tuple(range(9, 0, -1))) % 101 % 100 == numbers[9] * 10 + numbers[10]


def _is_iin(value: str) -> bool:
    """Verify a Kazakh IIN or BIN by modulo 11.

    Government decree 853 of 2003: weights 1 to 11; a second round if 10 is left.
    """
    numbers = get_digits(value)
    check = weighted_sum(numbers[:11], tuple(range(1, 12))) % 11
    if check == 10:
        check = weighted_sum(numbers[:11], (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return check == numbers[11] and 1 <= int(value[2:4]) <= 12


RECOGNIZERS = (
    Recognizer(
        name="ro_cnp",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[1-9]\d{12}"),
        validate=passes_any(cnp.is_valid),
        context=id_keywords("cnp, cod numeric personal, romanian id"),
        positive=(("cnp=1860524161520", "1860524161520"), ("Cod numeric personal: 1800101221144", "1800101221144")),
        negative=("cnp=1860524161521", "ts=1800101221144"),
    ),
    Recognizer(
        name="ro_cui",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"(?:RO ?)?[1-9]\d{5,9}"),
        validate=passes_any(cf.is_valid),
        context=id_keywords(keys="cui, cif, cod fiscal", initial=r"[0-9R]"),
        positive=(("cui=RO18547290", "RO18547290"), ("CIF: 18547290", "18547290")),
        negative=("cui=18547291", "cui x 18547290"),
    ),
    Recognizer(
        name="bg_egn",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{10}"),
        validate=passes_any(egn.is_valid, pnf.is_valid),
        context=id_keywords("egn, егн, единен граждански номер, lnch, лнч, bulgarian id"),
        positive=(("egn=7523169263", "7523169263"), ("ЕГН: 8032056031", "8032056031")),
        negative=("egn=8032056032", "id 8032056031"),
    ),
    Recognizer(
        name="hr_oib",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"(?:HR ?)?\d{11}"),
        validate=passes_any(oib.is_valid),
        context=id_keywords("oib, osobni identifikacijski broj, croatian id"),
        positive=(("oib=33392005961", "33392005961"), ("OIB: HR33392005961", "HR33392005961")),
        negative=("oib=33392005962", "id 33392005961"),
    ),
    Recognizer(
        name="si_emso",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{13}"),
        validate=passes_any(emso.is_valid),
        context=id_keywords("emso, emšo, jmbg, jmb, maticni broj, matični broj, матични број, јмбг, embg, ембг"),
        positive=(("emso=0101006500006", "0101006500006"), ("JMBG 0101006500006", "0101006500006")),
        negative=("emso=0101006500007", "ts=0101006500006"),
    ),
    Recognizer(
        name="si_davcna",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"(?:SI ?)?[1-9]\d{7}"),
        validate=passes_any(ddv.is_valid),
        context=id_keywords("davcna, davčna, davcna stevilka, davčna številka, id za ddv"),
        positive=(("davcna_stevilka=50223054", "50223054"), ("davčna številka SI50223054", "SI50223054")),
        negative=("davcna=50223055", "id 50223054"),
    ),
    Recognizer(
        name="ru_snils_groups",
        entity=NATIONAL_ID,
        gate=r"[0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2}",
        gate_kind="shapes",
        pattern=id_pattern(r"\d{3}-\d{3}-\d{3}[ -]\d\d"),
        validate=passes_any(_is_snils),
        starts_at_gate=True,
        positive=(("клиент 112-233-445 95 найден", "112-233-445 95"), ("snils=112-233-445-95", "112-233-445-95")),
        negative=("112-233-445 96", "1-112-233-445 95"),
    ),
    Recognizer(
        name="ru_snils",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{11}|\d{3} \d{3} \d{3} \d\d"),
        validate=passes_any(_is_snils),
        context=id_keywords("snils, снилс"),
        positive=(("snils=11223344595", "11223344595"), ("СНИЛС 11223344595", "11223344595")),
        negative=("snils=11223344596", "id=11223344595"),
    ),
    Recognizer(
        name="ru_inn",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{12}|\d{10}"),
        validate=passes_any(inn.is_valid),
        context=id_keywords("инн", keys="inn, tax id", initial="[0-9]{10}"),
        positive=(
            ("inn=123456789047", "123456789047"),
            ("ИНН: 7707083893", "7707083893"),
            ('{"inn":"7707083893"}', "7707083893"),
        ),
        negative=("inn=1234567890", "days inn room 7707083893", "id=7707083893"),
    ),
    Recognizer(
        name="ua_rntrc",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{10}"),
        validate=passes_any(rntrc.is_valid),
        context=id_keywords(
            "rnokpp, рнокпп, іпн, ідентифікаційний, rntrc, инн, ukrainian tax id", keys="ipn, inn", initial="[0-9]{10}"
        ),
        positive=(("rnokpp=1759013776", "1759013776"), ("ІПН 1759013776", "1759013776")),
        negative=("rnokpp=1759013770", "id=1759013776"),
    ),
    Recognizer(
        name="ua_edrpou",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{8}"),
        validate=passes_any(edrpou.is_valid),
        context=id_keywords("edrpou, єдрпоу, егрпоу"),
        positive=(("edrpou=32855961", "32855961"),),
        negative=("edrpou=32855968", "id=32855961"),
    ),
    Recognizer(
        name="kz_iin",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{12}"),
        validate=passes_any(_is_iin),
        context=id_keywords("iin, иин, жсн, kazakh id"),
        positive=(("iin=880101300000", "880101300000"),),
        negative=("iin=880101300009", "id=880101300000"),
    ),
)
