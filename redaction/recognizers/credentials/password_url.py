"""Passwords in URLs and in the addresses of databases."""

import re

from redaction.fragments.randomness import is_placeholder
from redaction.recognizer import Recognizer

# RFC 3986 section 3.2.1, "user:password" before "@". Unlike there, characters that should have been
# encoded are accepted, up to the last "@" before a space or quote. A value that begins like a port is a port.
_USER = r"[^\s:/@\"'`<>()\[\]{},;=]{0,128}"
_SIGN = r"[^\s\"'`<>,@]"
_VALUE = (
    rf"(?![0-9]{{1,5}}[/?#]|\\?/)(?P<value>{_SIGN}{{0,256}}+(?:[,@]"
    rf"(?={_SIGN}{{0,256}}+@){_SIGN}{{0,256}}+){{0,4}})(?<!:)"
)
_HOST = r"@(?=[0-9A-Za-z\[_$%{-])"
# The ASCII characters that may stand before the "@" of "user:password@host".
_ADDRESS_SIGNS = "".join(sign for sign in map(chr, range(128)) if not sign.isspace() and sign not in "/@\"'<>(),;=")
_STAND_INS = frozenset(["password", "pass", "pwd", "passwd", "secret", "x-oauth-basic", "x", "pw"])


def _is_real(match: re.Match[str]) -> bool:
    value = match["value"]
    return not is_placeholder(value) and value.lower() not in _STAND_INS


RECOGNIZERS = (
    Recognizer(
        name="password_url",
        entity="PASSWORD",
        gate=r"/\\?/[^ \n\"']*@[0-9A-Za-z\[_$%{-]",
        gate_kind="shapes",
        pattern=re.compile(rf"[A-Za-z0-9]:(?:\\?/){{2}}{_USER}:{_VALUE}{_HOST}"),
        validate=_is_real,
        max_lead=3,
        positive=(
            ("postgres://app:CHZtDuoz97U5@db-01:5432/main timeout=380", "CHZtDuoz97U5"),
            ("mongodb+srv://svc:p@ss#w0rd!@cluster0/test?retry=true", "p@ss#w0rd!"),
            ("broker=redis://:hunter2@cache:6379/0", "hunter2"),
            ("git clone https://bob:s3cr3t%21@git/a.git", "s3cr3t%21"),
            ("amqp://svc:guest@rabbit:5672//", "guest"),
            (r'{"dsn":"mysql:\/\/root:tiger\/7@db\/app"}', r"tiger\/7"),
            ("jdbc:postgresql://app:pa55@db/x", "pa55"),
        ),
        negative=(
            "http://localhost:8080/users/bob@example.com",
            "https://example.com:443/@user",
            "https://user:<password>@host/",
            "postgres://app:***@db/main postgres://app:${PGPASSWORD}@db",
            "ssh://git@github.com:22/acme",
            "http://[fe80::1]:8080/a@b",
            "https://user:password@host",
        ),
    ),
    Recognizer(
        name="password_url_encoded",
        entity="PASSWORD",
        gate=r"%3[Aa]%2[Ff]%2[Ff][^ \n%]*%3[Aa]",
        gate_kind="shapes",
        pattern=re.compile(
            r"%3[Aa]%2[Ff]%2[Ff][0-9A-Za-z_.-]{0,64}%3[Aa](?P<value>(?:[0-9A-Za-z_.~!$*-]|%(?!40|2[Ff]"
            r"|3[Aa])){1,128})%40",
            re.ASCII,
        ),
        validate=_is_real,
        positive=(("?dsn=postgres%3A%2F%2Fapp%3AhunTer2%40db%2Fmain", "hunTer2"),),
        negative=("?url=https%3A%2F%2Fexample.com%3A8080%2Fx%40y", "?url=http%3A%2F%2Fa%3A%40b"),
    ),
    Recognizer(
        name="password_mysql_address",
        entity="PASSWORD",
        # "user:password@tcp(host:port)/name", as Go's driver for MySQL has it.
        gate=r"@(?:tcp|unix|tls)\(",
        gate_kind="prefixes",
        pattern=re.compile(r"(?<![\w.])[\w.-]{1,64}:(?P<value>[^\s:\"'(]{1,128})@(?=(?:tcp|unix|tls)\()"),
        validate=_is_real,
        positive=(("open root:S3cret@1@tcp(db:3306)/app", "S3cret@1"),),
        negative=("dial @tcp(db:3306)", "root:@tcp(db)", "root:***@tcp(db)/x"),
    ),
    Recognizer(
        name="password_address",
        entity="PASSWORD",
        # "user:password@host:port", as proxies are written. Only with a port, and where the password is not a word.
        gate=r"@[0-9A-Za-z_.-]+:[0-9]{2}",
        gate_kind="shapes",
        pattern=re.compile(
            r"(?<![\w.:@/+-])[\w.-]{1,64}:(?P<value>(?=[^\s@]{0,127}[0-9!#$%^*])"
            r"[^\s:@/\"'<>(),;=]{3,128})@[\w.-]{1,253}:[0-9]{2,5}(?![\w.])"
        ),
        validate=_is_real,
        lead_characters=_ADDRESS_SIGNS,
        positive=(("via bob:hunter2@proxy:8080 ok", "hunter2"),),
        negative=("acme/app:v1@sha256:9f86d081884c7d65", "from:bob@host:25", "a:b@c:80", "12:30:01@host:80"),
    ),
    Recognizer(
        name="password_oracle_address",
        entity="PASSWORD",
        # "user/password@service": Oracle's "easy connect".
        gate=r"(?:(?:sqlplus|rman|expdp|impdp|sqlldr) |oracle:(?:thin|oci):)[^@\n]+@",
        gate_kind="prefixes",
        pattern=re.compile(
            r"(?:(?:sqlplus|rman|expdp|impdp|sqlldr)(?: -[A-Za-z]{1,8}){0,3} (?:target |userid=)?"
            r"[\"']?|oracle:(?:thin|oci):)"
            r"[\w$.-]{1,64}/(?P<value>[^\s\"'@]{1,128})@"
        ),
        validate=_is_real,
        positive=(("sqlplus -s scott/tiger@orcl", "tiger"), ("url=jdbc:oracle:thin:app/Pa55@//db:1521/x", "Pa55")),
        negative=("sqlplus / as sysdba", "jdbc:oracle:thin:@db:1521/x"),
    ),
)
