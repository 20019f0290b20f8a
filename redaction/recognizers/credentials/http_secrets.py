"""Secrets in HTTP headers and URLs, known by where they stand."""

import base64
import binascii
import re

from redaction.fragments.key_value import SEPARATOR
from redaction.fragments.randomness import is_placeholder, is_random
from redaction.recognizer import Recognizer

_CREDENTIAL = r"[0-9A-Za-z._~+/%|:$!*-]{4,4096}+={0,2}"
# RFC 9110 section 11.6.2: a scheme, then one token or a list of parameters, as Digest, OAuth 1 and AWS have them.
_PARAMETER = r"[A-Za-z_-]{1,40}=(?:\\{0,3}\"[^\"\\\r\n]{0,400}\\{0,3}\"|[^\s,\"'\\]{1,400})"
_SCHEME = (
    r"(?:bearer|basic|token|apikey|api-key|key|negotiate|ntlm|hawk|jwt|dpop|sso-key|genie[kK]ey|bot|splunk|ssws|oauth)"
)
_SPACE = r"(?:[ ]{1,3}|%20|\+)"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


def _is_credential(match: re.Match[str]) -> bool:
    value = match["value"].rstrip(".,:")
    if is_placeholder(value) or len(value) < 6:
        return False
    return any(map(str.isdigit, value)) or len(value) >= 20 or is_random(value) or value.endswith("=")


def _is_certain_credential(match: re.Match[str]) -> bool:
    value = match["value"].rstrip(".,:")
    return not is_placeholder(value) and (is_random(value) or _is_basic(value))


def _is_basic(value: str) -> bool:
    """Return True for base64 of user-id ":" password (RFC 7617)."""
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False


def _is_not_placeholder(match: re.Match[str]) -> bool:
    return not is_placeholder(match["value"] if "value" in match.re.groupindex else match.group())


def _is_random_user(match: re.Match[str]) -> bool:
    return is_random(match["value"]) and not is_placeholder(match["value"])


_OPAQUE = "Kq7vR2mZ9tXw4LpN8cJd"

RECOGNIZERS = (
    Recognizer(
        name="authorization",
        entity="SECRET",
        gate=r"(?i:authorization)[^a-z]",
        gate_kind="words",
        pattern=re.compile(
            rf"(?i:authorization)(?:{SEPARATOR})(?i:{_SCHEME}){_SPACE}(?P<value>(?![A-Za-z_-]{{1,40}}="
            rf"[\"'\\]){_CREDENTIAL})",
            re.ASCII,
        ),
        validate=_is_credential,
        starts_at_gate=True,
        positive=(
            ("Authorization: Bearer 1b43be4de8db4947f39b886876761108", "1b43be4de8db4947f39b886876761108"),
            ("headers={'Authorization': 'Token 0JaYKMBum9M', 'X-Id': '5'}", "0JaYKMBum9M"),
            ("proxy-authorization: Basic dXNlcjpodW50ZXIy", "dXNlcjpodW50ZXIy"),
            ('-H "Authorization: ApiKey VnVhQ2ZHY0JDZGJrU==" -d', "VnVhQ2ZHY0JDZGJrU=="),
            ("map[Authorization:[Bearer D-6qy_899IiKMBY8nqAa]]", "D-6qy_899IiKMBY8nqAa"),
            (
                '{"key":"http.request.header.authorization","value":{"stringValue":"Bearer D6qy899IiKMB"}}',
                "D6qy899IiKMB",
            ),
        ),
        negative=(
            "Authorization: Bearer null",
            "Authorization: Bearer ${TOKEN}",
            "authorization: bearer token required",
            "Authorization: Basic realm",
            "Authorization failed for user 12345678",
        ),
    ),
    Recognizer(
        name="authorization_parameters",
        entity="SECRET",
        gate=r"(?i:authorization)[^a-z]",
        gate_kind="words",
        pattern=_compile(
            rf"authorization(?:{SEPARATOR})(?:digest|oauth|aws4-hmac-sha256|hawk|signature|mac|token"
            rf"|googlelogin){_SPACE}"
            rf"(?P<value>{_PARAMETER}(?:,[ ]{{0,2}}{_PARAMETER}){{0,24}})"
        ),
        starts_at_gate=True,
        positive=(
            (
                'Authorization: Digest username="bob", nonce="dcd98b", response="6629fae49393" 401',
                'username="bob", nonce="dcd98b", response="6629fae49393"',
            ),
            (
                "Authorization: AWS4-HMAC-SHA256 Credential=AKID/20130524/us-east-1/s3/aws4_request, "
                "SignedHeaders=host, "
                "Signature=fe5f80f77d5fa3beca03",
                "Credential=AKID/20130524/us-east-1/s3/aws4_request, SignedHeaders=host, "
                "Signature=fe5f80f77d5fa3beca03",
            ),
        ),
        negative=('WWW-Authenticate: Digest realm="api"', "authorization: denied"),
    ),
    Recognizer(
        name="bearer",
        entity="SECRET",
        gate=r"(?i:bearer|basic|AUTH PLAIN|AUTH LOGIN)(?: |%20|\+)[0-9A-Za-z._~+/-]{10}",
        gate_kind="words",
        pattern=re.compile(
            rf"(?<![0-9A-Za-z])(?i:bearer|basic|auth (?:plain|login)){_SPACE}(?P<value>"
            rf"[0-9A-Za-z._~+/-]{{10,4096}}+={{0,2}})",
            re.ASCII,
        ),
        validate=_is_certain_credential,
        starts_at_gate=True,
        positive=(
            ("sending Bearer D-6qy_899IiKMBY8nqAaIw8CuZ7KnTno", "D-6qy_899IiKMBY8nqAaIw8CuZ7KnTno"),
            ("auth=[Basic YWRtaW46c2VjcmV0cGFzcw==]", "YWRtaW46c2VjcmV0cGFzcw=="),
            ("C: AUTH PLAIN AGJvYjpib2I6aHVudGVy", "AGJvYjpib2I6aHVudGVy"),
        ),
        negative=(
            "bearer authentication is required",
            "Basic authentication-failed",
            "bearer xxxxxxxxxxxxxxxxxxxxxxxx",
        ),
    ),
    Recognizer(
        name="webhook",
        entity="SECRET",
        gate=r"hooks\.(?:slack|zapier)\.com|api/webhooks/|webhook\.office\.com",
        gate_kind="prefixes",
        # Slack "Sending messages using incoming webhooks", Discord "Webhook resource", Microsoft Teams, Zapier.
        pattern=re.compile(
            r"https?:(?:\\?/){2}(?:hooks\.slack\.com\\?/(?:services|workflows|triggers)\\?/[0-9A-Za-z_/\\-]{16,200}+"
            r"|(?:[a-z]{2,8}\.)?discord(?:app)?\.com\\?/api(?:\\?/v[0-9]{1,2})?\\?/webhooks\\?/"
            r"[0-9]{16,20}\\?/[0-9A-Za-z_-]{40,100}+"
            r"|[0-9A-Za-z-]{1,63}\.webhook\.office\.com\\?/[0-9A-Za-z_/@\\-]{40,400}+"
            r"|hooks\.zapier\.com\\?/hooks\\?/catch\\?/[0-9A-Za-z/\\]{8,64}+)",
            re.ASCII,
        ),
        positive=(
            (
                "POST https://hooks.slack.com/services/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 200",
                "https://hooks.slack.com/services/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",
            ),
            (
                f"https://discord.com/api/webhooks/102938475610293847/{_OPAQUE * 3}",
                f"https://discord.com/api/webhooks/102938475610293847/{_OPAQUE * 3}",
            ),
        ),
        negative=(
            "https://hooks.slack.com/services",
            "GET /api/webhooks/12",
            "https://slack.com/help/articles/115005265063",
        ),
    ),
    Recognizer(
        name="telegram_bot_token",
        entity="SECRET",
        gate=r"[0-9]{8}(?::|%3[Aa])[A-F][0-9A-Za-z_-]{10}",
        gate_kind="shapes",
        # Telegram "Bot API": the bot's id and 35 signs.
        pattern=re.compile(r"(?<![0-9])[0-9]{8,10}(?::|%3[Aa])A[0-9A-Za-z_-]{32,35}(?![0-9A-Za-z_-])", re.ASCII),
        validate=_is_not_placeholder,
        positive=(
            (
                "GET /bot854967738:AA0QY73vsfrFrELnr9TcekERCDx8qzVQkIG/getMe",
                "854967738:AA0QY73vsfrFrELnr9TcekERCDx8qzVQkIG",
            ),
            (
                "bot 1854967738:AAHQY73vsfrFrELnr9TcekERCDx8qzVQkIG started",
                "1854967738:AAHQY73vsfrFrELnr9TcekERCDx8qzVQkIG",
            ),
        ),
        negative=("12345678:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "1700000000:ABCDEF"),
    ),
    Recognizer(
        name="discord_bot_token",
        entity="SECRET",
        # The base64 of a user id, which is 17 to 20 digits; a time; an HMAC.
        gate=r"(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){3}",
        gate_kind="words",
        pattern=re.compile(
            r"(?<![0-9A-Za-z])(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){5}[0-9A-Za-z]{2,8}\."
            r"[0-9A-Za-z_-]{6,7}\.[0-9A-Za-z_-]{27,40}(?![0-9A-Za-z_-])",
            re.ASCII,
        ),
        starts_at_gate=True,
        positive=(
            (
                "login MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs ok",
                "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs",
            ),
        ),
        negative=("MTk4NjIyNDgzNDcxOTI1MjQ4", "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.short"),
    ),
    Recognizer(
        name="token_in_url",
        entity="SECRET",
        # A token instead of a user: Git hosts, and Sentry's data source names.
        gate=r":(?:\\?/){2}[0-9A-Za-z_-]*(?::x-oauth-basic|:x)?@",
        gate_kind="prefixes",
        pattern=re.compile(r":(?:\\?/){2}(?P<value>[0-9A-Za-z_-]{20,255}+)(?::x-oauth-basic|:x)?@", re.ASCII),
        validate=_is_random_user,
        positive=(
            ("fatal: https://9f8e7d6c5b4a32100f1e2d3c4b5a6978@sentry:9000/4", "9f8e7d6c5b4a32100f1e2d3c4b5a6978"),
            (f"https://{_OPAQUE}:x-oauth-basic@git/acme", _OPAQUE),
        ),
        negative=("ssh://deployment-robot-of-the-web-team@host1", "https://example.com/@user"),
    ),
)
