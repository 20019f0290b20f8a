"""Secrets, known by the key before them and their random look."""

import re

from redaction.fragments.key_value import GATE_JOINT, keyed_gate, keyed_pattern
from redaction.fragments.randomness import is_hexadecimal, is_placeholder, is_random
from redaction.recognizer import Recognizer

# Outside quotes: up to what ends a value in a query, a form, JSON that is percent-encoded, or an escape. Far behind its
# start it holds no more signs that could begin another value, so that a text full of keys is not read over and over.
_SIGN = r"[^\s\"'`,;&<>()\[\]{}|\\%=:]"
_VALUE = (
    rf"{_SIGN}{{2,256}}+(?::{_SIGN}{{2,256}}+)?(?:%(?!2[267C]|7D|0[AD]){_SIGN}{{0,256}}+){{0,48}}"
    rf"[0-9A-Za-z+/_-]{{0,4096}}+={{0,2}}"
)

_STRONG = (
    "secret", "secret key", "client secret", "token", "auth token", "access token", "refresh token", "id token",
    "session token", "csrf token", "xsrf token", "security token", "bearer token", "bot token", "user token",
    "csrfmiddlewaretoken", "bearer", "jwt", "csrf", "xsrf", "api key", "app key", "application key", "access key",
    "access key id", "account key", "private key", "private key id", "encryption key", "signing key", "master key",
    "shared key", "auth key", "consumer key", "client key", "admin key", "service key", "license key", "storage key",
    "session key", "webhook key", "deploy key", "subscription key", "shared access key", "integration key",
    "x functions key", "ocp apim subscription key", "apikey", "credential", "credentials", "session id",
    "sess id", "sid", "phpsessid", "jsessionid", "aspsessionid", "asp net session id", "connect sid", "laravel session",
    "signature", "hmac", "authorization", "auth", "x auth", "refresh", "passcode", "recovery code", "backup code",
    "totp secret", "otp secret", "authenticity token", "verification token", "device token", "registration token",
    "invite token", "reset token", "join token", "oauth token", "push token", "fcm token", "sas", "pat",
    "account sid", "auth sid", "salt key", "seed",
)  # fmt: skip
_WEAK = ("key", "code", "state", "nonce", "authorization code", "assertion")
"""They hold order numbers, names and states as well."""
_SESSIONS = ("session", "session key", "session cookie", "sig", "ticket", "sso")

_EXAMINED_CHARACTERS = 96
"""Of a longer value its first signs tell what it is."""

_LETTERED = "[A-Za-z+/-][0-9A-Za-z+/_-]{9}"
"""What a session's number (30546174_1083443) has not."""

# Some keys are public, or name the location of a secret instead of holding it.
_PUBLIC_KEY_NAME = re.compile(
    r"(?i:public|publishable|pub|next|page|continuation|pagination|cursor|scroll|sync|resume"
    r"|unexpected|fencing|cancellation"
    r"|cancel|primary|foreign|partition|routing|object|sort|cache|idempotency|idempotent|dedup|group"
    r"|message|bucket|s3|kms|hash"
    r"|lookup|row|site|project|error|status|exit|country|zip|postal|language|lang|currency|response"
    r"|return|product|promo"
    r"|digest|method|map|dict|json)[ _.-]?\Z"
)
_DIGIT = re.compile("[0-9]")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_FILE = re.compile(
    r"\.(?:pem|key|crt|cer|der|p12|pfx|jks|json|ya?ml|toml|xml|txt|conf|ini|env|py|js|ts|go|java|rb"
    r"|php|html?|log|zip|gz)\Z"
)
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]")
_MIXED = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[0-9A-Za-z!@#$%^*~?_+=/-]{8,}\Z")
_WORDS = re.compile(r"[A-Za-z]+[0-9]{0,3}(?:[_./:@-]+[A-Za-z]*[0-9]{0,4})+\Z")
# "signature" and "sid" also name algorithms and Windows security identifiers.
_NAME = re.compile(
    r"(?i:sha|hmac|rsa|aes|ecdsa|ed|[ehpr]s|md|rc|x|curve)-?[0-9]{1,5}(?![0-9A-Fa-f]{8})|S-1-[0-9]{1,2}-"
)
_OBJECT = re.compile(r"[\w.$]+@[0-9a-f]{5,8}\Z")
"""What Java's `Object.toString` gives."""
_BASE64 = re.compile(r"[0-9A-Za-z+/_-]{20,}(?:=|%3[Dd]){0,2}\Z")


def _looks_secret(match: re.Match[str]) -> bool:
    """Accept a value that looks random behind a secret's key."""
    value = match["value"][:_EXAMINED_CHARACTERS].rstrip(".:")
    if len(value) < 8 or (len(value) < 16 and _DIGIT.search(value) is None):
        return False
    return _looks_generated(value) and not _is_reference(value) and not _has_public_key_name(match)


def _looks_generated(value: str) -> bool:
    if _UUID.match(value):
        return True
    if is_hexadecimal(value):
        return len(value) >= 12
    if is_random(value):
        return True
    return _MIXED.match(value) is not None and (_WORDS.match(value) is None or _is_grouped(value))


def _is_grouped(value: str) -> bool:
    """Return True for short groups of mixed signs, `KJ78-asd7_AS89`.

    No group is long enough to tell by itself.
    """
    numbered = [group for group in re.split(r"[_./:@-]", value) if group and not group.isalpha()]
    return len(value) >= 16 and len(numbered) >= 3 and not value.islower() and not value.isupper()


def _is_certainly_secret(match: re.Match[str]) -> bool:
    """Accept a value that can only be a secret.

    Hashes and UUIDs are not accepted: they may be something else.
    """
    value = match["value"][:_EXAMINED_CHARACTERS].rstrip(".:")
    if (
        len(value) < 16
        or not _DIGIT.search(value)
        or _is_reference(value)
        or _has_public_key_name(match)
        or _UUID.match(value)
        or is_hexadecimal(value)
    ):
        return False
    if _BASE64.match(value) is None or not is_random(value):
        return False
    return any(map(str.isupper, value)) and any(map(str.islower, value)) and any(map(str.isdigit, value))


def _is_session_secret(match: re.Match[str]) -> bool:
    """Accept certain secrets and long hexadecimal values.

    The keys are those of sessions. A short hexadecimal value counts something.
    """
    value = match["value"][:_EXAMINED_CHARACTERS].rstrip(".:")
    return _is_certainly_secret(match) or (len(value) >= 32 and is_hexadecimal(value) and not is_placeholder(value))


def _is_reference(value: str) -> bool:
    """Return True for a secret's location, a date, digest or number."""
    if value.startswith("0x"):  # the 64 digits of a private key are one; a session of ZooKeeper is not
        return len(value) != 66
    if is_placeholder(value) or "://" in value or value.startswith(("./", "~/", "arn:", "sha256:", "sha1:", "md5:")):
        return True
    if value.startswith("/") and not (len(value) == 40 or value.endswith("=")):
        return True
    return (
        _FILE.search(value) is not None
        or _OBJECT.match(value) is not None
        or _NAME.match(value) is not None
        or _TIMESTAMP.match(value) is not None
    )


def _has_public_key_name(match: re.Match[str]) -> bool:
    return _PUBLIC_KEY_NAME.search(match.string, max(0, match.start() - 16), match.start()) is not None


_UNLOCKED = "Kq7vR2mZ9tXw4LpN8cJd"

RECOGNIZERS = (
    Recognizer(
        name="secret_keyed",
        entity="SECRET",
        gate=keyed_gate(_STRONG, suffix=False),
        gate_kind="words",
        pattern=keyed_pattern(_STRONG, _VALUE, re.ASCII, suffix=False),
        validate=_looks_secret,
        starts_at_gate=True,
        positive=(
            (f"api_key={_UNLOCKED}", _UNLOCKED),
            (f'connect {{"clientSecret": "{_UNLOCKED}"}}', _UNLOCKED),
            ("X-Api-Key: 9f8e7d6c5b4a32100123456789abcdef", "9f8e7d6c5b4a32100123456789abcdef"),
            ("refresh_token=0b9d3f0e-6c0f-4b0e-9a52-0f6c1d2e3a4b&x=1", "0b9d3f0e-6c0f-4b0e-9a52-0f6c1d2e3a4b"),
            (
                "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYzQmTkLpVrs",
                "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzQmTkLpVrs",
            ),
            (f"...;AccountKey={_UNLOCKED * 4}==;EndpointSuffix=core", f"{_UNLOCKED * 4}=="),
            ("JSESSIONID=A1B2C3D4E5F60718293A4B5C6D7E8F90.node1; Path=/", "A1B2C3D4E5F60718293A4B5C6D7E8F90.node1"),
            (f"map[X-Auth-Token:[{_UNLOCKED}] Accept:[*/*]]", _UNLOCKED),
            (r"{\"secretKey\":\"" + _UNLOCKED + r"\"}", _UNLOCKED),
            (f"<apiKey>{_UNLOCKED}</apiKey>", _UNLOCKED),
            ("csrf token was 8d3aQe0Vb71xWk", "8d3aQe0Vb71xWk"),
        ),
        negative=(
            "token=null secret=${VAULT_SECRET} api_key=<hidden> token: ****************",
            "token: invalid, session opened, tokens: 12345678, token_count=12345678",
            "secret: my-app-tls, token=default-token, secret_name=NEXUS-GPT4-API-KEY",
            "next_token=Kq7vR2mZ9tXw4LpN8cJd public_key=Kq7vR2mZ9tXw4LpN8cJd",
            "token_file: /var/run/secrets/token1 private_key=/etc/ssl/server1.pem",
            "auth: com.acme.auth.OAuthFilter2",
            "signature=SHA256withRSA sid: S-1-5-21-3623811015-3361044348-30300820-1013 token=com.acme.Token@2bd79ce1",
            "Processed session termination for sessionid: 0x14ed93111f20005",
            "access_token_url='https://github.com/login/oauth/access_token'",
            "trace_id=9f8e7d6c5b4a32100123456789abcdef request_id=0b9d3f0e-6c0f-4b0e-9a52-0f6c1d2e3a4b",
        ),
    ),
    Recognizer(
        name="secret_keyed_weakly",
        entity="SECRET",
        gate=keyed_gate(_WEAK, suffix=False) + GATE_JOINT + "[0-9A-Za-z+/_-]{16}",
        gate_kind="words",
        pattern=keyed_pattern(_WEAK, _VALUE, re.ASCII, suffix=False),
        validate=_is_certainly_secret,
        positive=(
            (f"GET /cb?code={_UNLOCKED}&scope=x", _UNLOCKED),
            (f"key: {_UNLOCKED}", _UNLOCKED),
        ),
        negative=(
            "key=user_id code=404 state=RUNNING session: 30546174_1083443",
            "cache_key=Kq7vR2mZ9tXw4LpN8cJd",
            "key=9f8e7d6c5b4a32100123456789abcdef key=0b9d3f0e-6c0f-4b0e-9a52-0f6c1d2e3a4b",
            "key=uploads/2024/Kq7vR2mZ9tXw4.jpg",
        ),
    ),
    Recognizer(
        name="secret_session",
        entity="SECRET",
        gate=keyed_gate(_SESSIONS, suffix=False) + GATE_JOINT + "[0-9_]*" + _LETTERED,
        gate_kind="words",
        pattern=keyed_pattern(_SESSIONS, f"(?=[0-9_]{{0,64}}+{_LETTERED}){_VALUE}", re.ASCII, suffix=False),
        validate=_is_session_secret,
        starts_at_gate=True,
        positive=(
            (f"sig={_UNLOCKED}%3D&se=2024", f"{_UNLOCKED}%3D"),
            ("session=6f1ed002ab5595859014ebf0951522d9 user=5", "6f1ed002ab5595859014ebf0951522d9"),
        ),
        negative=(
            "session: 30546174_1083443 initialized",
            "session=0b9d3f0e-6c0f-4b0e-9a52-0f6c1d2e3a4b",
            "ticket=INC00012345678901",
        ),
    ),
)
