"""Passwords, known by the key before them."""

import re

from redaction.fragments.key_value import GATE_SEPARATOR, SEPARATOR
from redaction.fragments.randomness import is_placeholder
from redaction.recognizer import Recognizer

# Words that always mean a password may end a longer key (`dbpassword`). Short words must be the whole key.
_LONG = (
    "password|passwd|passphrase|pass[ _-]phrase|passwort|kennwort|contrase\u00f1a|contrasena|mot"
    "[ _-]?de[ _-]?passe|senha|wachtwoord"
    "|l\u00f6senord|adgangskode|has\u0142o|\u043f\u0430\u0440\u043e\u043b\u044c|heslo|jelsz\u00f3|\u015fifre"
    "|\u5bc6\u7801|\u5bc6\u78bc|\u53e3\u4ee4|\u30d1\u30b9\u30ef\u30fc\u30c9|\ube44\ubc00\ubc88\ud638"
)
_SHORT = (
    "pwd|psk|passcode|secret[ _-]?word|passwrd|parola|haslo|sifre|salasana|passord|mdp|upass|psswd|passw"
    "|(?:pg|db|user|root|admin|ftp|smtp|my|key|store|require|http|proxy|mail|imap|ldap|sudo|default"
    "|master|old|new)_?(?:pass|pwd)"
)
_WEAK = "pass|pw"
_SUFFIX = (
    r"(?:[ _.-]?(?:[0-9]|confirmation|confirm|again|repeat|verify|hash|digest|plain|plaintext|text|value|string))?"
)
_START = r"(?:(?<![^\W\d_])|(?<=[a-z])(?=[A-Z])|(?<=\\[nrt])|(?<=%[2-7][A-F]))"
_INITIAL = r"(?=[PpKkCcMmSsWwLlAaHhJjUuFfDdRrIiOoNnTt\u043f\u041f\u015f\u015e\u5bc6\u53e3\u30d1\ube44])"
_KEY = rf"{_INITIAL}(?:(?i:{_LONG})|{_START}(?:(?i:{_SHORT})|(?P<weak>(?i:{_WEAK}))))(?i:{_SUFFIX})(?![a-z])"

# In quotes anything up to the closing one. Outside: up to what ends a value in a query, a list or a sentence, though a
# password may hold such a sign where nothing else can follow it.
_BARE = (
    r"(?:[^\s\"'`,;&<>|()\[\]{}\\%]|%(?!2[267])|[(\[{](?=[^\s\"'])|[)\]}](?=[0-9A-Za-z!@#$%^*])|&(?![\w.-]{1,40}=)"
    r"|[\"'`](?=[^\s\"'`,;&)\]}])|\\(?![nrtu\"'\\])|,(?=[^\s\w\"'])|>(?=[0-9A-Za-z!@#$%^*]))"
)
_VALUE = (
    r"(?:(?<=[^\\]\")(?:[^\"\\\r\n]|\\.){1,256}(?=\")|(?<=[^\\]')(?:[^'\\\r\n]|\\.){1,256}(?=')"
    r"|(?<=[^\\]`)[^`\\\r\n]{1,256}(?=`)|(?<=\\\")[^\"\\\r\n]{1,256}(?=\\)|(?<=\\')[^'\\\r\n]{1,256}(?=\\)"
    rf"|(?![\"'`]){_BARE}{{1,256}})"
)
_PATTERN = re.compile(rf"{_KEY}(?P<joint>{SEPARATOR})(?P<value>{_VALUE})")
_GATE = rf"(?i:{_LONG}|{_SHORT}|{_WEAK})(?i:{_SUFFIX}){GATE_SEPARATOR}"

# Words of messages and schemas about a password; none of them is one.
_REMARK = frozenset([
    "a", "accepted", "allowed", "an", "and", "any", "array", "at", "authenticated", "authentication",
    "basic", "bearer", "been", "blank", "bool", "boolean", "by", "bytes", "change", "changed", "char",
    "check", "checked", "correct", "created", "default", "deleted", "denied", "disabled", "done", "empty",
    "enabled", "entered", "error", "expired", "fail", "failed", "failing", "failure", "field", "for",
    "forbidden", "from", "function", "given", "has", "hash", "hashed", "have", "in", "incorrect", "input",
    "int", "integer", "invalid", "is", "it", "length", "locked", "login", "mandatory", "mismatch",
    "mismatched", "missing", "must", "needed", "no", "not", "number", "object", "of", "ok", "okay", "on",
    "optional", "or", "pass", "passed", "passwd", "password", "passwords", "plain", "plaintext", "policy",
    "prompt", "provided", "received", "rejected", "required", "reset", "sent", "set", "skip", "skipped",
    "str", "strength", "string", "strong", "succeeded", "success", "successful", "supplied", "text", "that",
    "the", "this", "to", "too", "unknown", "unset", "update", "updated", "user", "username", "users",
    "valid", "validated", "varchar", "verified", "void", "was", "weak", "will", "with", "without", "wrong",
    "yes", "your",
])  # fmt: skip
_SENTENCE = re.compile(
    r"\b(?:is|are|was|must|be|the|least|required|invalid|not|too|can't|cannot|should|this|field|may"
    r"|blank|your|please|does|did|has|have"
    r"|will|characters|match|incorrect|expired|wrong|enter|for|failed)\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"(?:[A-Za-z_]\w*\.){1,6}(?i:\w*(?:pass|pwd|secret|value|text|getenv|password)\w*)\Z|\w+\(|[a-z]+[A-Z]\w*\("
)
_PATH = re.compile(r"[/~]|[A-Za-z]:[\\/]|\\\\|\.\.?/")
_MEASURE = re.compile(r"[0-9.,:/%]+(?:[a-zA-Z]{1,3})?\Z")
_MARKED = re.compile(r"[0-9!@#$%^&*+=?~_|]")
_NEXT_KEY = re.compile(r"[\w.-]{1,40}[=:]")
_ALONE = re.compile(r"[ \t]*(?:$|[\r\n,;|)}\]&])")


def _is_password(match: re.Match[str]) -> bool:
    value, joint = match["value"], match["joint"].strip(" \t")
    plain = value.strip().rstrip(".,:!").lower()
    if is_placeholder(value.strip()) or plain in _REMARK or not any(map(str.isalnum, value)):
        return False
    if (
        _REFERENCE.match(value)
        or _PATH.match(value)
        or (match.string.startswith("(", match.end()) and value.isidentifier())
    ):
        return False
    if len(value) < 4 and (value.isdigit() or match["weak"]):
        return False
    if match["weak"] and _MEASURE.match(value):
        return False
    quoted = match.string[match.start("value") - 1] in "\"'`"
    if " " in value and _SENTENCE.search(value):
        return False
    if quoted and joint[-1:] in "\"'`" and "," not in joint:
        return True
    if "," in joint and ":" not in joint:  # ("password", "…")
        return _MARKED.search(plain) is not None and not value.isidentifier()
    if joint[:1].isalpha():  # "password is …"
        return len(plain) >= 4 and _MARKED.search(plain) is not None
    if match["joint"][-1:] == " " and _NEXT_KEY.match(value):  # "password= user=bob"
        return False
    if joint.endswith(">") and "=>" not in joint and "->" not in joint:
        return _MARKED.search(value) is not None or match.string.startswith("</", match.end())
    if joint.endswith((":", "\uff1a")) and match["joint"][-1:] in " \t":
        return _MARKED.search(plain) is not None or _is_listed(match)
    return True


def _is_listed(match: re.Match[str]) -> bool:
    """Accept a password alone in a line, or behind a user.

    `password: swordfish` is one, "error validating password: timeout" is not.
    """
    line = match.string[max(0, match.start() - 100) : match.start()].rpartition("\n")[2]
    return _ALONE.match(match.string, match.end()) is not None and (
        not line.strip(" \t-\"'")
        or re.search(r"(?i:user(?:name|id)?|login|e-?mail)[\"']?\s{0,2}[:=]", line) is not None
    )


_HARD = "Tr0ub4dor&3"

RECOGNIZERS = (
    Recognizer(
        name="password_keyed",
        entity="PASSWORD",
        gate=_GATE,
        gate_kind="words",
        pattern=_PATTERN,
        validate=_is_password,
        starts_at_gate=True,
        positive=(
            ('{"user"=>{"email"=>"x", "password"=>"m*bPkZy%RHJo"}}', "m*bPkZy%RHJo"),
            ("password=hunter2 user=bob", "hunter2"),
            ("db.password: Summer3409$", "Summer3409$"),
            (r'body="{\"passwd\":\"p@ss w0rd!\"}"', "p@ss w0rd!"),
            ('cfg {"pwd": "it\'s \\"quoted\\" here"}', 'it\'s \\"quoted\\" here'),
            ("POST user[password]=tiger123&commit=1", "tiger123"),
            ("Server=db;Uid=sa;Pwd=xY9!kk;Encrypt=yes", "xY9!kk"),
            ("PGPASSWORD=swordfish psql -h db", "swordfish"),
            ("jdbc:sqlserver://db;user=sa;password=a)b!c;encrypt=true", "a)b!c"),
            ("User(name=bob, passphrase=correcthorse, age=3)", "correcthorse"),
            ("<password>letmein</password>", "letmein"),
            ("contrase\u00f1a: Verano2024", "Verano2024"),
            ("\u7528\u6237\u5bc6\u7801\uff1aabc12345", "abc12345"),
            ("mot_de_passe='soleil'", "soleil"),
            ("the password is Winter0501!", "Winter0501!"),
            ("dbPassword = 'letmein'", "letmein"),
            ("  password: swordfish", "swordfish"),
            ("username: bob password: swordfish", "swordfish"),
            ("pass=Qwerty5285 host=db", "Qwerty5285"),
            (r"line1\npassword=hunter2", "hunter2"),
            ("password%3Dhunter2%26user%3Dbob", "hunter2"),
        ),
        negative=(
            "password= user=bob",
            "password: required",
            "password is incorrect",
            "invalid password for user bob",
            "Failed password for root from 10.0.0.1 port 22 ssh2",
            "password_reset=true password_changed_at=2024",
            "password=[REDACTED] pwd=*** passwd=<hidden> password=null password: None password=true",
            "password=${DB_PASSWORD} password: {{ vault_password }} password=%s password = ?",
            '{"password":["can\'t be blank"],"password":"is too short (minimum is 8 characters)"}',
            "PWD=/home/bob ; USER=root pwd: /srv/app",
            "password: timeout while validating",
            "pass=3 fail=0, first pass: 12ms, pass: 98.5%",
            "check pass; user unknown",
            "password=request.form.password password=getPassword()",
            '<label for="password">Password</label>',
            'columns ("id", "password", "created_at")',
            "PasswordAuthentication yes, password-based login",
        ),
    ),
)
