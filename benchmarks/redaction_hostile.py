"""Timing of the redaction engine on hostile texts and noise."""

import random
import statistics
import string
import time

from benchmarks.log_lines import log_lines
from redaction import Redactor

SIZE = 16384
ROUNDS = 11
_PIECES = {
    "eyJ": "eyJ",
    "colons": "::::",
    "letters and dots": "a.a.a",
    "ones and dots": "1.1.",
    "digits": "1234567890",
    "unclosed PEM": "-----BEGIN PRIVATE KEY-----\n",
    "unclosed PEM with a body": "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEA" * 4 + "\n",
    "%40": "%40",
    "password=": "password=",
    "names and keys": "name=Aa Bb dob=",
}
_NOISE = {
    "random base64": string.ascii_letters + string.digits + "+/",
    "random digits": string.digits,
    "random hexadecimal": string.hexdigits,
    "random letters": string.ascii_lowercase + " ",
    "random digits and signs": string.digits + ".-: /+",
    "anything printable": string.printable,
}


def print_hostile() -> None:
    """Print the first and the median time of each text.

    Times are milliseconds of CPU, measured after the engine has redacted ordinary lines.
    """
    redactor = Redactor()
    redactor.redact_batch(log_lines(5000))
    texts = {name: [(piece * SIZE)[:SIZE]] * ROUNDS for name, piece in _PIECES.items()}
    for name, signs in _NOISE.items():
        texts[name] = ["".join(random.Random(seed).choices(signs, k=SIZE)) for seed in range(ROUNDS)]  # noqa: S311  # no secret
    print(f"{SIZE} bytes, ms of CPU: the first of its kind, and the median of {ROUNDS}")
    for name, texts_of_kind in texts.items():
        times = [_milliseconds(redactor, text) for text in texts_of_kind]
        print(f"{name:26} {times[0]:7.1f} {statistics.median(times):7.1f}")


def _milliseconds(redactor: Redactor, text: str) -> float:
    began = time.process_time()
    redactor.redact(text)
    return 1e3 * (time.process_time() - began)
