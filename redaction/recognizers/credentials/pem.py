"""Private keys in PEM and its relatives."""

import re

from redaction.recognizer import Recognizer

_LABEL = r"(?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?"
_BEGIN = rf"-{{4,5}} ?BEGIN {_LABEL} ?-{{4,5}}"
# RFC 7468; the headers of RFC 1421 ("DEK-Info: AES-128-CBC") have hyphens. 16,384 bits are 12 KB.
_CLOSED = rf"[^-]{{0,16384}}+(?:-(?!----)[^-]{{0,256}}+){{0,32}}-{{4,5}} ?END {_LABEL} ?-{{4,5}}"
# Cut off: the lines that still look like base64. A line break may be escaped, or have become a space.
_LINE = r"(?:\\{1,8}[rnt]|[\r\n\t\"',+ ]){0,48}[0-9A-Za-z+/=]{24,128}+"
_CUT_OFF = (
    rf"(?:{_LINE}){{0,300}}(?:(?:\\{{1,8}}[rn]|[\r\n]){{1,4}}[ \t]{{0,40}}[0-9A-Za-z+/=]{{1,64}}+(?![^\r\n\\\"']))?"
)

RECOGNIZERS = (
    Recognizer(
        name="private_key_pem",
        entity="SECRET",
        gate=r"BEGIN [A-Z0-9 ]*PRIVATE KEY",
        gate_kind="prefixes",
        pattern=re.compile(rf"{_BEGIN}(?:{_CLOSED}|{_CUT_OFF})"),
        positive=(
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX\n-----END RSA PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX\n-----END RSA PRIVATE KEY-----",
            ),
            (
                r'key {"private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n-----END PRIVATE KEY-----\n","id":7}',
                r"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n-----END PRIVATE KEY-----",
            ),
            (
                "-----BEGIN EC PRIVATE KEY-----\n  MHcCAQEEIIGRdRGSxEqr4tNIRaAoGCCqGSM49\n  AwEHoUQDQgAE\nnext line",
                "-----BEGIN EC PRIVATE KEY-----\n  MHcCAQEEIIGRdRGSxEqr4tNIRaAoGCCqGSM49\n  AwEHoUQDQgAE",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,3F17F5316E2BAC89\n\n"
                "MIIBOgIBAAJBAKj3\n-----END RSA PRIVATE KEY----- loaded",
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,3F17F5316E2BAC89\n\n"
                "MIIBOgIBAAJBAKj3\n-----END RSA PRIVATE KEY-----",
            ),
        ),
        negative=(
            "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
            "-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END CERTIFICATE-----",
            "expected BEGIN PRIVATE KEY in server.pem",
        ),
    ),
)
