"""Passwords in command lines, SQL and protocols, without a separator."""

import re

from redaction.fragments.randomness import is_placeholder
from redaction.recognizer import Recognizer

_ARGUMENT = (
    r"[\"']?(?P<value>(?<=\")(?:[^\"\\\n]|\\.){1,128}(?=\")|(?<=')[^'\n]{1,128}(?=')|(?<![\"'])[^\s\"'|;&<>]{1,128})"
)
"""An argument as a shell reads it, without its quotes."""
_QUOTED = r"\\{0,3}[\"'](?P<value>[^\"'\\\n]{1,128}(?:\\'[^\"'\\\n]{1,64})?)\\{0,3}[\"']"
_OPTIONS = r"[^\n|;&]{0,100}?"
_LETTERS = re.compile(r"[a-z]+\Z")


def _is_argument(match: re.Match[str]) -> bool:
    value = match["value"].strip("\"'")
    return bool(value) and not value.startswith("-") and not is_placeholder(value)


def _is_unlike_prose(match: re.Match[str]) -> bool:
    """Accept `password 'hunter2'`, reject prose and options.

    Examples of those: `password "is required"`, `--password option`.
    """
    value = match["value"].strip("\"'")
    return (
        _is_argument(match)
        and " " not in value
        and value.lower() not in ("is", "and", "or", "for", "option", "file", "stdin")
    )


def _is_http_client_argument(match: re.Match[str]) -> bool:
    text, start = match.string, match.start()
    before = text[max(0, start - 300) : start].lower()
    return _is_argument(match) and any(tool in before for tool in ("curl", "wget", "http", "lftp"))


RECOGNIZERS = (
    Recognizer(
        name="password_option",
        entity="PASSWORD",
        gate=r"(?i:-(?:password|passwd|passphrase|pass|pwd|storepass|keypass|pw))[ ,\"']",
        gate_kind="words",
        pattern=re.compile(
            r"(?<![\w-])--?(?:[a-z]{2,16}-){0,3}(?i:password|passwd|passphrase|storepass|keypass|pass|pwd|pw)"
            rf"(?:[ ]{{1,3}}|[\"'],[ ]?(?=[\"'])){_ARGUMENT}"
        ),
        validate=_is_unlike_prose,
        positive=(
            ("mongodump --username a --password hunTer2 --db x", "hunTer2"),
            ("keytool -storepass changeit -list", "changeit"),
            ('exec ["pg", "--password", "sw0rd"]', "sw0rd"),
            ("plink -pw tiger host", "tiger"),
        ),
        negative=("use --password-file x", "--password --host db", "--password ${PW}", "the --password option"),
    ),
    Recognizer(
        name="password_short_option",
        entity="PASSWORD",
        gate=(
            r"(?:^|[^0-9A-Za-z_./-])(?:sshpass|(?:docker|podman|skopeo|az|helm registry) login|mongo|mysql|mariadb"
            r"|redis-cli|ldap|sqlcmd|bcp|zip|unzip|7z|twine upload|cqlsh|net use)[^\n|;&]* [/-][pawPku]"
        ),
        gate_kind="prefixes",
        pattern=re.compile(
            rf"(?<![\w./-])(?:(?:sshpass|(?:docker|podman|skopeo|az|helm registry) login|mongo"
            rf"[a-z]{{0,7}}|twine upload|cqlsh)\b{_OPTIONS} -p ?"
            rf"|(?:mysql|mariadb)[a-z_-]{{0,8}}\b{_OPTIONS} -p|7z [a-z]\b{_OPTIONS} -p"
            rf"|redis-cli\b{_OPTIONS} -a |ldap[a-z]{{3,8}}\b{_OPTIONS} -w |(?:sqlcmd|bcp|zip|unzip)\b{_OPTIONS} -P "
            rf"|net use\b{_OPTIONS} /user:[^\s]{{1,64}} )"
            rf"{_ARGUMENT}"
        ),
        validate=_is_argument,
        positive=(
            ("mysql -h db -u root -p'S3cret pw' app", "S3cret pw"),
            ("mysqldump -uroot -phunter2 app > x", "hunter2"),
            ("sshpass -p 'tiger7' ssh bob@h", "tiger7"),
            ("docker login -u bob -p hunter2 registry.acme.io", "hunter2"),
            (r"net use Z: \\srv\share /user:bob tiger7", "tiger7"),
            ("redis-cli -h c -a sw0rdfish PING", "sw0rdfish"),
        ),
        negative=("mysql -u root -p app", "docker run -p 8080:80 web", "mongo -p ${PW}", "mkdir -p /srv; mysql -u x"),
    ),
    Recognizer(
        name="password_curl",
        entity="PASSWORD",
        gate=r"(?:-u|--user|-U|--proxy-user)[ =]?[\"']?[^ \n:\"']+:[^ \n]",
        gate_kind="prefixes",
        pattern=re.compile(
            r"(?<![\w-])(?:-u|--user|-U|--proxy-user)[ =]?[\"']?[^\s:\"'<>${}]{1,64}:(?P<value>[^\s\"']{1,128})"
        ),
        validate=_is_http_client_argument,
        positive=(
            ("curl -u admin:hunter2 https://es:9200", "hunter2"),
            ('curl -s --user "bob:Tr0ub4dor&3" http://x', "Tr0ub4dor&3"),
        ),
        negative=(
            "curl -u ${USER}:${PASS} x",
            "docker run -u 1000:1000 img",
            "curl -u bob http://h:80/",
            "curl -u a:****** x",
        ),
    ),
    Recognizer(
        name="password_sql",
        entity="PASSWORD",
        gate=(
            r"(?i:identified[^\n]{1,40}(?:by|as)|password|pwdencrypt|requirepass|masterauth)(?: "
            r"(?i:password))? ?\(? ?\\*[\"']"
        ),
        gate_kind="words",
        # MySQL, Oracle "CREATE USER"; PostgreSQL "CREATE ROLE"; the second form is prose, netrc and Redis as well.
        pattern=re.compile(
            r"(?i:identified(?: with [\w'\"]{1,40})? (?:by|as)(?: password)?|(?<![^\W\d_\"'])"
            r"(?:old_)?password|pwdencrypt|requirepass|masterauth)"
            rf"(?: ?\( ?| ){_QUOTED}"
        ),
        validate=_is_unlike_prose,
        positive=(
            ("CREATE USER 'bob'@'%' IDENTIFIED BY 'S3cretpw'", "S3cretpw"),
            ("ALTER ROLE app WITH ENCRYPTED PASSWORD 'hunter2' VALID UNTIL 'infinity'", "hunter2"),
            ("SET PASSWORD FOR 'x' = PASSWORD('tiger7')", "tiger7"),
            ("login rejected with password 'qwerty7'", "qwerty7"),
            ("IDENTIFIED WITH mysql_native_password BY 'a1b2'", "a1b2"),
        ),
        negative=("IDENTIFIED BY '<secret>'", "field password 'is required'", "password ''", "identified by name"),
    ),
    Recognizer(
        name="password_protocol",
        entity="PASSWORD",
        gate=(
            r"(?i:password|pass) [^ 0-9!@#$%^&*\n]*[0-9!@#$%^&*]|(?:requirepass|masterauth) |"
            r"[<:][Pp]assword [^<>\n]*>|-passin pass:|name=\\?[\"'][^\"'\n]*(?i:pass)"
        ),
        gate_kind="words",
        pattern=re.compile(
            r"(?:(?i:login|user(?:name)?) \S{1,64} (?i:password|pass) (?=[^\s]{0,64}[0-9!@#$%^&*])"
            r"|(?:requirepass|masterauth) |-passin pass:|(?:>|C:|\"|') ?PASS (?=[^\s]{0,64}[0-9!@#$%^&*])"
            # Web Services Security: UsernameToken Profile
            r"|<(?:\w{1,16}:)?[Pp]assword [^<>\n]{1,300}>"
            # RFC 7578
            r"|name=\\?[\"'](?i:\w{0,24}passw\w{0,12})\\?[\"'](?:\\r\\n|\\n|\r?\n){2})"
            r"(?P<value>[^\s\"'<>\\]{1,128})"
        ),
        validate=_is_argument,
        positive=(
            ("machine ftp.acme.io login bob password hunter2", "hunter2"),
            ("config set requirepass tiger", "tiger"),
            ("<wsse:Password Type='#PasswordText'>letmein</wsse:Password>", "letmein"),
            ('form-data; name="password"\r\n\r\nhunter2\r\n--', "hunter2"),
            ("ftp> PASS hunter2", "hunter2"),
        ),
        negative=("user bob password changed", "PASS src/login2.test.js", "requirepass ***"),
    ),
)
