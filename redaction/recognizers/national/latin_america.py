"""National numbers of Latin America, without Mexico and Brazil."""

from stdnum.ar import cuit
from stdnum.cl import rut
from stdnum.co import nit
from stdnum.ec import ruc as ec_ruc
from stdnum.gt import nit as gt_nit
from stdnum.pe import ruc
from stdnum.py import ruc as py_ruc
from stdnum.sv import nit as sv_nit
from stdnum.uy import rut as uy_rut
from stdnum.ve import rif

from redaction.fragments.national import NATIONAL_ID, named, number, proven
from redaction.recognizer import Recognizer

RECOGNIZERS = (
    Recognizer(
        name="ar_cuit",
        entity=NATIONAL_ID,
        gate=r"[0-9]{2}-[0-9]{8}-[0-9]",
        gate_kind="shapes",
        pattern=number(r"(?:2[03467]|3[034])-\d{8}-\d"),
        validate=proven(cuit.is_valid),
        positive=(("cuit=20-05536168-2", "20-05536168-2"), ("titular 20-05536168-2 ok", "20-05536168-2")),
        negative=("20-05536168-3", "1-20-05536168-2"),
    ),
    Recognizer(
        name="ar_cuit_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=number(r"\d{11}|\d{2}[ /]\d{8}[ /]\d"),
        validate=lambda match: cuit.is_valid(match["value"].replace("/", "")),
        context=named("cuit, cuil, cuit cuil, cdi number"),
        positive=(("cuit=20055361682", "20055361682"), ('"cuil":"20055361682"', "20055361682")),
        negative=("cuit=20055361683", "circuit=20055361682"),
    ),
    Recognizer(
        name="latin_dni_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        # Registro Nacional de las Personas (Argentina), RENIEC (Peru): a serial number without a check digit.
        pattern=number(r"[1-9]\d?\.\d{3}\.\d{3}|\d{7,8}"),
        context=named(keys="dni, documento nacional de identidad, nro dni, dni nro", initial=r"[0-9]{1,2}[0-9.]"),
        positive=(("dni=30.123.456", "30.123.456"), ('"dni":"45678901"', "45678901"), ("DNI N° 7123456", "7123456")),
        negative=("dni=123456789", "dni=12345678A", "dni ok, ref 45678901", "dni=00000000R"),
    ),
    Recognizer(
        name="cl_rut",
        entity=NATIONAL_ID,
        gate=r"[0-9]\.[0-9]{3}\.[0-9]{3}-[0-9A-Za-z]",
        gate_kind="shapes",
        pattern=number(r"\d{1,2}\.\d{3}\.\d{3}-[0-9Kk]"),
        validate=proven(rut.is_valid),
        positive=(("cliente 12.531.909-2 creado", "12.531.909-2"), ("rut=7.654.321-6", "7.654.321-6")),
        negative=("12.531.909-3", "1.12.531.909-2", "12.531.909-2.1"),
    ),
    Recognizer(
        name="cl_rut_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=number(r"\d{7,8}-[0-9Kk]"),
        validate=proven(rut.is_valid),
        context=named("rol unico, rol único, chilean id", keys="rut, run", initial="[0-9]{7,8}-"),
        positive=(("rut=12531909-2", "12531909-2"), ("RUN: 12531909-2", "12531909-2")),
        negative=("rut=12531909-3", "run 5 of 12531909-2", "truth=12531909-2"),
    ),
    Recognizer(
        name="cl_rut_digits_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=number(r"\d{7,8}[0-9Kk]"),
        validate=proven(rut.is_valid),
        context=named("rol unico, rol único, chilean id", keys="rut", initial="[0-9]{7}"),
        positive=(('"rutCliente":"125319092"', "125319092"), ("rut=125319092", "125319092")),
        negative=("rut=125319093", "run_id=125319092"),
    ),
    Recognizer(
        name="co_nit_key",
        entity=NATIONAL_ID,
        gate="",
        gate_kind="words",
        pattern=number(r"\d{3}\.?\d{3}\.?\d{3}-?\d|\d{4,8}-?[0-9Kk]|\d{4}-?\d{6}-?\d{3}-?\d"),
        validate=proven(nit.is_valid, gt_nit.is_valid, sv_nit.is_valid),
        context=named(
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
        pattern=number(
            r"(?:[VEve]-?)?\d{1,3}(?:\.\d{3}){2,3}(?:-\d)?|(?:[VEve]-?)?\d{6,11}(?:-\d)?|\d{3}-\d{7}-\d|\d-\d{4}-\d{4}"
        ),
        context=named(
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
        pattern=number(r"\d{13}|\d{11}|\d{5,8}-?\d|\d{12}"),
        validate=proven(ruc.is_valid, ec_ruc.is_valid, py_ruc.is_valid, uy_rut.is_valid),
        context=named(keys="ruc, rut, registro unico", initial="[0-9]{6}"),
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
        pattern=number(r"[VEJPGvejpg]-?\d{8}-?\d"),
        validate=proven(rif.is_valid),
        context=named("rif, registro de informacion fiscal"),
        positive=(("rif=V-11470283-4", "V-11470283-4"), ("RIF: V114702834", "V114702834")),
        negative=("rif=V-11470283-3", "serif V-11470283-4"),
    ),
)
