"""Tokens with a prefix of their issuer, which identifies them anywhere."""

import re

from redaction.fragments import token_formats
from redaction.fragments.boundaries import AFTER_ESCAPE, GATE_END, GATE_START
from redaction.fragments.randomness import is_placeholder
from redaction.gates.rewriting import split_alternatives
from redaction.recognizer import Recognizer

_START = rf"(?:(?<![0-9A-Za-z])|{AFTER_ESCAPE})"
_END = r"(?![0-9A-Za-z])"

_REPETITION = re.compile(r"\{([0-9]+)(?:,[0-9]*)?\}\+?")
_LEADING_CLASS = re.compile(r"\[[^]]+\]\{[0-9]+\}(?:\[[0-9]+\])?")


def _is_not_placeholder(match: re.Match[str]) -> bool:
    return not is_placeholder(match.group())


def _token_pattern(formats: str) -> re.Pattern[str]:
    return re.compile(rf"{_START}(?:{formats}){_END}", re.ASCII)


def _token_gate(formats: str) -> str:
    """Build the gate of `formats`, from each first literal on.

    The literal makes the gate rare. Long counted repetitions are shortened. A format that begins with a literal begins
    a word.
    """

    def at_least(match: re.Match[str]) -> str:
        return f"{{{min(int(match[1]), 14)},}}"

    at_start: list[str] = []
    inside: list[str] = []
    for format_ in split_alternatives(formats):
        leading = _LEADING_CLASS.match(format_)
        (inside if leading else at_start).append(
            _REPETITION.sub(at_least, format_[leading.end() :] if leading else format_)
        )
    return "|".join((f"{GATE_START}(?:{'|'.join(at_start)})", *inside))


def _sample(length: int) -> str:
    """Return letters and digits that nobody takes for a token in use."""
    return ("Zz9Yx8Wv7Ut6Sr5Qp4On3Ml2Kj1" * 40)[:length]


def _hex_sample(length: int) -> str:
    return ("9f8e7d6c5b4a3210" * 40)[:length]


RECOGNIZERS = (
    Recognizer(
        name="secret_code_host",
        entity="SECRET",
        gate=_token_gate(token_formats.CODE),
        gate_kind="prefixes",
        pattern=_token_pattern(token_formats.CODE),
        validate=_is_not_placeholder,
        positive=(
            (
                f"git clone https://{'ghp_' + _sample(36)}@github/acme/app.git",
                "ghp_" + _sample(36),
            ),
            (
                f"remote: token github_pat_{_sample(22)}_{_sample(59)} has expired",
                f"github_pat_{_sample(22)}_{_sample(59)}",
            ),
            (f"PRIVATE-TOKEN: glpat-{_sample(20)}", f"glpat-{_sample(20)}"),
            (f"//registry.npmjs.org/:_authToken=npm_{_sample(36)}", f"npm_{_sample(36)}"),
            (
                f"twine upload -u __token__ -p pypi-AgEIcHlwaS5vcmc{_sample(60)}",
                f"pypi-AgEIcHlwaS5vcmc{_sample(60)}",
            ),
            (f"docker login with dckr_pat_{_sample(27)}", f"dckr_pat_{_sample(27)}"),
            (
                rf'"body":"key\nATATT3xFfGF0{_sample(160)}=1A2B3C4D\n"',
                f"ATATT3xFfGF0{_sample(160)}=1A2B3C4D",
            ),
            (f"X-Figma-Token: figd_{_sample(40)}", f"figd_{_sample(40)}"),
            (
                f"curl -H 'X-API-Key: slk_{_sample(16)}_{_sample(43)}'",
                f"slk_{_sample(16)}_{_sample(43)}",
            ),
        ),
        negative=(
            "npm_config_cache_lock_timeout_milliseconds=1",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "glpat-short",
            "secret_name_for_production_database_credentials_v1",
        ),
    ),
    Recognizer(
        name="secret_cloud",
        entity="SECRET",
        gate=_token_gate(token_formats.CLOUD),
        gate_kind="prefixes",
        pattern=_token_pattern(token_formats.CLOUD),
        validate=_is_not_placeholder,
        positive=(
            ("aws configure set AKIAZ7Q2M5X4R6T3W8YB done", "AKIAZ7Q2M5X4R6T3W8YB"),
            ("GET /maps/api/js?key=AIza" + _sample(35) + "&v=3", "AIza" + _sample(35)),
            ("ya29.a0" + _sample(60) + " refreshed", "ya29.a0" + _sample(60)),
            ("AADSTS7000215 for abc8Q~" + _sample(34), "abc8Q~" + _sample(34)),
            ("doctl auth init dop_v1_" + _hex_sample(64), "dop_v1_" + _hex_sample(64)),
            ("vault login hvs.CAESI" + _sample(90), "hvs.CAESI" + _sample(90)),
            (
                "tfc " + _sample(14) + ".atlasv1." + _sample(67),
                _sample(14) + ".atlasv1." + _sample(67),
            ),
            ("workspace dapi" + _hex_sample(32) + "-2 ok", "dapi" + _hex_sample(32) + "-2"),
            (
                "# AGE-SECRET-KEY-1" + ("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2)[:58],
                "AGE-SECRET-KEY-1" + ("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2)[:58],
            ),
        ),
        negative=(
            "AKIAXXXXXXXXXXXXXXXX",
            "AKIAZ7Q2M5X4R6T3W8YB9 is too long",
            "hvs.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "arn:aws:iam::123456789012:user/ASIA",
            "AIzaSy too short",
        ),
    ),
    Recognizer(
        name="secret_messaging",
        entity="SECRET",
        gate=_token_gate(token_formats.TALK),
        gate_kind="prefixes",
        pattern=_token_pattern(token_formats.TALK),
        validate=_is_not_placeholder,
        positive=(
            (
                "slack xoxb-519270300412-394553237872-" + _sample(24),
                "xoxb-519270300412-394553237872-" + _sample(24),
            ),
            (
                "xapp-1-A01BC2DE3FG-1234509876543-" + _hex_sample(64),
                "xapp-1-A01BC2DE3FG-1234509876543-" + _hex_sample(64),
            ),
            ("sid SK" + _hex_sample(32), "SK" + _hex_sample(32)),
            (
                f"SG.{_sample(22)}.{_sample(43)} rejected",
                f"SG.{_sample(22)}.{_sample(43)}",
            ),
            ("mailgun key-" + _hex_sample(32), "key-" + _hex_sample(32)),
            (_hex_sample(32) + "-us18 for list 7", _hex_sample(32) + "-us18"),
        ),
        negative=(
            "xoxp-1234-1234-1234-4ddbc191d40ee098cbaae6f3523ada2d",
            "xoxp-000000000000-000000000000-000000000000-00000000000000000000000000000000",
            "xoxb-the-token",
            "task-" + _hex_sample(32),
            "AC" + _hex_sample(40),
        ),
    ),
    Recognizer(
        name="secret_mailgun",
        entity="SECRET",
        gate=rf"-[0-9a-f]{{8}}-[0-9a-f]{{8}}{GATE_END}",
        gate_kind="shapes",
        pattern=_token_pattern(token_formats.MAILGUN),
        validate=_is_not_placeholder,
        positive=(
            (
                f"api {_hex_sample(32)}-{_hex_sample(8)}-{_hex_sample(8)}",
                f"{_hex_sample(32)}-{_hex_sample(8)}-{_hex_sample(8)}",
            ),
        ),
        negative=(
            f"{_hex_sample(31)}-{_hex_sample(8)}-{_hex_sample(8)}",
            f"{_hex_sample(32)}-{_hex_sample(8)}",
        ),
    ),
    Recognizer(
        name="secret_payment",
        entity="SECRET",
        gate=_token_gate(token_formats.PAYMENT),
        gate_kind="prefixes",
        pattern=_token_pattern(token_formats.PAYMENT),
        validate=_is_not_placeholder,
        positive=(
            ("Stripe::AuthenticationError sk_live_" + _sample(24), "sk_live_" + _sample(24)),
            ("rk_test_" + _sample(24) + " revoked", "rk_test_" + _sample(24)),
            ("X-Shopify-Access-Token: shpat_" + _hex_sample(32), "shpat_" + _hex_sample(32)),
            ("square sq0atp-" + _sample(22), "sq0atp-" + _sample(22)),
            ("whsec_" + _sample(32), "whsec_" + _sample(32)),
        ),
        negative=(
            "pk_live_" + _sample(24),
            "sk_live_x",
            "risk_test_suite_for_payments",
            "ck_" + _hex_sample(38),
        ),
    ),
    Recognizer(
        name="secret_model_provider",
        entity="SECRET",
        gate=_token_gate(token_formats.MODELS),
        gate_kind="prefixes",
        pattern=_token_pattern(token_formats.MODELS),
        validate=_is_not_placeholder,
        positive=(
            (
                "401 Incorrect API key provided: sk-proj-" + _sample(74) + ".",
                "sk-proj-" + _sample(74),
            ),
            (
                "x-api-key: sk-ant-api03-" + _sample(93) + "AA",
                "sk-ant-api03-" + _sample(93) + "AA",
            ),
            ("huggingface-cli login hf_" + _sample(34), "hf_" + _sample(34)),
            ("sk-" + _sample(48), "sk-" + _sample(48)),
        ),
        negative=("hf_requiredCharacteristicTypesForDisplayMetadata", "task-" + _sample(40), "sk-SK locale"),
    ),
)
