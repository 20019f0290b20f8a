"""National numbers of Latin America.

Brazil, Argentina, Chile, Colombia, Costa Rica, Ecuador, El Salvador, Guatemala, Paraguay, Peru, Uruguay, Venezuela.
Mexico is in `north_america`.
"""

from stdnum.ar import cuit
from stdnum.br import cnpj, cpf
from stdnum.cl import rut
from stdnum.co import nit
from stdnum.ec import ruc as ec_ruc
from stdnum.gt import nit as gt_nit
from stdnum.pe import ruc
from stdnum.py import ruc as py_ruc
from stdnum.sv import nit as sv_nit
from stdnum.uy import rut as uy_rut
from stdnum.ve import rif

from redaction.fragments.national import NATIONAL_ID, get_digits, id_keywords, id_pattern, passes_any, weighted_sum
from redaction.recognizer import Recognizer


def _is_cpf(value: str) -> bool:
    """Verify a Brazilian CPF.

    Receita Federal issues no number of a single repeated digit, though its check digits would be right.
    """
    numbers = get_digits(value)
    return len(set(numbers)) > 1 and cpf.is_valid("".join(map(str, numbers)))


def _is_pis(value: str) -> bool:
    """Verify a Brazilian PIS, PASEP or NIS by modulo 11.

    Caixa Econômica Federal: weights 3, 2, 9 to 2.
    """
    numbers = get_digits(value)
    return -weighted_sum(numbers[:10], (3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) % 11 % 10 == numbers[10]


RECOGNIZERS = (
    Recognizer(
        name="br_cpf",
        entity=NATIONAL_ID,
        gate=r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}[-/][0-9]{2}",
        gate_kind="shapes",
        pattern=id_pattern(r"\d{3}\.\d{3}\.\d{3}[-/]\d\d"),
        validate=passes_any(_is_cpf),
        starts_at_gate=True,
        positive=(("cliente 211.039.188-00 criado", "211.039.188-00"), ("cpf=390.533.447-05", "390.533.447-05")),
        negative=("123.567.234-67", "1.390.533.447-05", "390.533.447-05-1", "390.533.447-051"),
    ),
    Recognizer(
        name="br_cpf_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{11}|\d{9}-\d\d|\d{3}(?P<s>[ .-])\d{3}(?P=s)\d{3}[ .-]\d\d"),
        validate=passes_any(_is_cpf),
        context=id_keywords(
            "cpf, cadastro de pessoa, cadastro de pessoas, cpf cnpj, contribuinte, pessoa fisica, pessoa física"
        ),
        positive=(
            ("cpf=39053344705", "39053344705"),
            ('"cpfCliente":"390533447-05"', "390533447-05"),
            ("CPF nº 390 533 447 05", "390 533 447 05"),
        ),
        negative=("cpf=39053344706", "cpf=11111111111", "id=39053344705"),
    ),
    Recognizer(
        name="br_cnpj",
        entity=NATIONAL_ID,
        gate=r"[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-",
        gate_kind="shapes",
        pattern=id_pattern(r"[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-\d\d"),
        validate=passes_any(cnpj.is_valid),
        positive=(("empresa 16.727.230/0001-97", "16.727.230/0001-97"), ("12.ABC.345/01DE-35", "12.ABC.345/01DE-35")),
        negative=("16.727.230/0001-98", "00.623.904/0131001-53"),
    ),
    Recognizer(
        name="br_cnpj_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{14}|\d{8}/\d{4}-\d\d"),
        validate=passes_any(cnpj.is_valid),
        context=id_keywords("cnpj, cpf cnpj, pessoa juridica, pessoa jurídica"),
        positive=(("cnpj=00623904000173", "00623904000173"), ("CNPJ 16727230/0001-97", "16727230/0001-97")),
        negative=("cnpj=00623904000174", "20240131123059"),
    ),
    Recognizer(
        name="br_pis",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{3}\.?\d{5}\.?\d{2}-?\d"),
        validate=passes_any(_is_pis),
        context=id_keywords("pasep, pis pasep", keys="pis, nis, nit", initial=r"[0-9]{3}\.?[0-9]{5}"),
        positive=(("pis=120.56412.54-5", "120.56412.54-5"), ("PIS/PASEP: 12056412545", "12056412545")),
        negative=("pis=12056412546", "id=12056412545"),
    ),
    Recognizer(
        name="ar_cuit",
        entity=NATIONAL_ID,
        gate=r"[0-9]{2}-[0-9]{8}-[0-9]",
        gate_kind="shapes",
        pattern=id_pattern(r"(?:2[03467]|3[034])-\d{8}-\d"),
        validate=passes_any(cuit.is_valid),
        positive=(("cuit=20-05536168-2", "20-05536168-2"), ("titular 20-05536168-2 ok", "20-05536168-2")),
        negative=("20-05536168-3", "1-20-05536168-2"),
    ),
    Recognizer(
        name="ar_cuit_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{11}|\d{2}[ /]\d{8}[ /]\d"),
        validate=lambda match: cuit.is_valid(match["value"].replace("/", "")),
        context=id_keywords("cuit, cuil, cuit cuil, cdi number"),
        positive=(("cuit=20055361682", "20055361682"), ('"cuil":"20055361682"', "20055361682")),
        negative=("cuit=20055361683", "circuit=20055361682"),
    ),
    Recognizer(
        name="latin_dni_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        # Registro Nacional de las Personas (Argentina), RENIEC (Peru): a serial number without a check digit.
        pattern=id_pattern(r"[1-9]\d?\.\d{3}\.\d{3}|\d{7,8}"),
        context=id_keywords(keys="dni, documento nacional de identidad, nro dni, dni nro", initial=r"[0-9]{1,2}[0-9.]"),
        positive=(("dni=30.123.456", "30.123.456"), ('"dni":"45678901"', "45678901"), ("DNI N° 7123456", "7123456")),
        negative=("dni=123456789", "dni=12345678A", "dni ok, ref 45678901", "dni=00000000R"),
    ),
    Recognizer(
        name="cl_rut",
        entity=NATIONAL_ID,
        gate=r"[0-9]\.[0-9]{3}\.[0-9]{3}-[0-9A-Za-z]",
        gate_kind="shapes",
        pattern=id_pattern(r"\d{1,2}\.\d{3}\.\d{3}-[0-9Kk]"),
        validate=passes_any(rut.is_valid),
        positive=(("cliente 12.531.909-2 creado", "12.531.909-2"), ("rut=7.654.321-6", "7.654.321-6")),
        negative=("12.531.909-3", "1.12.531.909-2", "12.531.909-2.1"),
    ),
    Recognizer(
        name="cl_rut_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{7,8}-[0-9Kk]"),
        validate=passes_any(rut.is_valid),
        context=id_keywords("rol unico, rol único, chilean id", keys="rut, run", initial="[0-9]{7,8}-"),
        positive=(("rut=12531909-2", "12531909-2"), ("RUN: 12531909-2", "12531909-2")),
        negative=("rut=12531909-3", "run 5 of 12531909-2", "truth=12531909-2"),
    ),
    Recognizer(
        name="cl_rut_digits_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{7,8}[0-9Kk]"),
        validate=passes_any(rut.is_valid),
        context=id_keywords("rol unico, rol único, chilean id", keys="rut", initial="[0-9]{7}"),
        positive=(('"rutCliente":"125319092"', "125319092"), ("rut=125319092", "125319092")),
        negative=("rut=125319093", "run_id=125319092"),
    ),
    Recognizer(
        name="co_nit_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{3}\.?\d{3}\.?\d{3}-?\d|\d{4,8}-?[0-9Kk]|\d{4}-?\d{6}-?\d{3}-?\d"),
        validate=passes_any(nit.is_valid, gt_nit.is_valid, sv_nit.is_valid),
        context=id_keywords(
            "numero de identificacion tributaria, identificación tributaria", keys="nit", initial=r"[0-9]{3}[0-9.]"
        ),
        positive=(("NIT 213.123.432-1", "213.123.432-1"), ("nit=2131234321", "2131234321")),
        negative=("nit=2131234322", "init 2131234321", "unit 2131234321"),
    ),
    Recognizer(
        name="latin_cedula_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        # Colombia's have no check digit, so none is asked of those of Ecuador, Uruguay, Venezuela and Costa Rica.
        pattern=id_pattern(
            r"(?:[VEve]-?)?\d{1,3}(?:\.\d{3}){2,3}(?:-\d)?|(?:[VEve]-?)?\d{6,11}(?:-\d)?|\d{3}-\d{7}-\d|\d-\d{4}-\d{4}"
        ),
        context=id_keywords(
            keys="cedula, cédula, cedula de ciudadania, cédula de ciudadanía, cedula ciudadania, "
            "cedula de identidad, cédula de identidad, cedula identidad, nro cedula, numero cedula, "
            "cedula de extranjeria",
            initial=r"[0-9VEve]",
        ),
        positive=(
            ("cedula=1710034065", "1710034065"),
            ("Cédula de ciudadanía: 1.032.456.789", "1.032.456.789"),
            ("cedula 001-1391826-1", "001-1391826-1"),
            ('"cedula":"V-12345678"', "V-12345678"),
        ),
        negative=("cedula=12345", "cedula ok 1710034065", "ref=1710034065"),
    ),
    Recognizer(
        name="latin_ruc_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"\d{13}|\d{11}|\d{5,8}-?\d|\d{12}"),
        validate=passes_any(ruc.is_valid, ec_ruc.is_valid, py_ruc.is_valid, uy_rut.is_valid),
        context=id_keywords(keys="ruc, rut, registro unico", initial="[0-9]{6}"),
        positive=(
            ("ruc=20512333797", "20512333797"),
            ("RUC: 1792060346001", "1792060346001"),
            ("ruc 80028061-0", "80028061-0"),
        ),
        negative=("ruc=20512333798", "truck=20512333797", "ruc on 20512333797"),
    ),
    Recognizer(
        name="ve_rif",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=id_pattern(r"[VEJPGvejpg]-?\d{8}-?\d"),
        validate=passes_any(rif.is_valid),
        context=id_keywords("rif, registro de informacion fiscal"),
        positive=(("rif=V-11470283-4", "V-11470283-4"), ("RIF: V114702834", "V114702834")),
        negative=("rif=V-11470283-3", "serif V-11470283-4"),
    ),
)
