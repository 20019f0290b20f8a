"""The public face of the engine."""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from redaction.custom import Re2Pattern
from redaction.detection import Detector
from redaction.policy import ENTITIES, Policy
from redaction.recognizer import Recognizer
from redaction.recognizers import RECOGNIZERS
from redaction.result import Entity, Redaction

HASH_DIGITS = 8
SHOWN_CHARACTERS = 4

_NOT_SHOWN_UNDER = 2 * SHOWN_CHARACTERS
_SEPARATORS = re.compile(r"[\s()-]+")


class Redactor:
    """Replaces each entity in a text as a policy says. Holds no state between calls and is safe to share.

    Redacting a redacted text changes nothing. Any `str` is accepted, lone surrogates and NUL included; a JSON text
    stays one.

    Args:
        policy: every entity becomes its token, `[NAME]`, without one.
        hash_key: the tenant's, for entities that the policy wants hashed.

    Raises:
        ValueError: the policy wants hashes and there is no key.
    """

    __slots__ = ("_actions", "_detector", "_hash_key")

    def __init__(self, policy: Policy | None = None, hash_key: bytes = b"") -> None:
        wanted = policy or Policy()
        self._actions = {entity: action for entity, action in wanted.actions.items() if action != "token"}
        self._hash_key = hash_key
        if "hash" in self._actions.values() and not hash_key:
            raise ValueError("the policy hashes values: it needs the tenant's key, unsalted hashes can be looked up")
        names = {*ENTITIES, *(pattern.entity for pattern in wanted.custom)}
        tokens = re.compile(
            # The look ahead is for speed: most brackets of a log hold a number.
            rf"\[(?=[A-Z])(?:{'|'.join(sorted(names))})(?::(?:[0-9a-f]{{{HASH_DIGITS}}}|\*\w{{1,4}}))?\]"
        )
        self._detector = Detector(
            [recognizer if wanted.replaces(recognizer.entity) else None for recognizer in RECOGNIZERS],
            [_custom(*pair) for pair in enumerate(wanted.custom) if wanted.replaces(pair[1].entity)],
            tokens,
            replacement=self._replacement if self._actions else _token,
            accepts=partial(_accepts, wanted) if wanted.allow or "keep" in self._actions.values() else None,
        )

    def prepare(self) -> None:
        """Compile now what is otherwise compiled for the first text, before a worker forks: its children share it."""
        self._detector.prepare()

    def redact(self, text: str) -> Redaction:
        """Redact one text.

        Raises:
            redaction.gates.re2_adapter.GatesFailed: RE2 gave up; nothing is known about the text.
        """
        detected = self._detector.detect((text,))
        return self._redaction(*detected[0]) if detected else Redaction(text)

    def redact_batch(self, texts: Sequence[str]) -> list[Redaction]:
        """Redact each text by itself; the results are in the order of `texts`.

        Many times faster than one after the other, since most texts of a batch have nothing in them.

        Raises:
            redaction.gates.re2_adapter.GatesFailed: RE2 gave up on one of them; nothing is known about any.
        """
        redactions = list(map(Redaction, texts))
        for place, detected in self._detector.detect(texts).items():
            redactions[place] = self._redaction(*detected)
        return redactions

    def _redaction(self, entities: list[Entity], redacted: str) -> Redaction:
        if self._actions and any(self._actions.get(entity.type) == "drop" for entity in entities):
            return Redaction("", tuple(entities), dropped=True)
        return Redaction(redacted, tuple(entities))

    def redact_json(self, record: Any) -> tuple[Any, Redaction]:
        """Redact what `json.loads` may return.

        Returns:
            The record with the same keys in the same order, and with numbers left as they are unless they are replaced
            by a token; and what was done to it as JSON text. None in the place of a record that the policy drops.
        """
        redaction = self.redact(json.dumps(record, ensure_ascii=False))
        return (None if redaction.dropped else json.loads(redaction.text)), redaction

    def _replacement(self, entity: Entity, value: str) -> str:
        match self._actions.get(entity.type):
            case "hash":
                return f"[{entity.type}:{self._hash(value)}]"
            case "partial":
                characters = [sign for sign in value if sign.isascii() and sign.isalnum()]
                if len(characters) >= _NOT_SHOWN_UNDER:
                    return f"[{entity.type}:*{''.join(characters[-SHOWN_CHARACTERS:])}]"
        return _token(entity, value)

    def _hash(self, value: str) -> str:
        # One number is written in many ways, one address in upper and lower case.
        same = _SEPARATORS.sub("", value.casefold()).encode("utf-8", "surrogatepass")
        return hmac.new(self._hash_key, same, hashlib.sha256).hexdigest()[:HASH_DIGITS]


def _token(entity: Entity, _value: str) -> str:
    return f"[{entity.type}]"


def _accepts(policy: Policy, entity: Entity, value: str) -> bool:
    """Whether something is to be done with a value that was found."""
    return policy.replaces(entity.type) and not policy.allows(value)


def _custom(place: int, custom: Any) -> Recognizer:
    return Recognizer(
        name=f"custom_{place + 1}",
        entity=custom.entity,
        gate=custom.pattern,
        gate_kind="words",
        pattern=Re2Pattern(custom.pattern),  # type: ignore[arg-type]  # searches as the standard one does
        positive=(),
        negative=(),
    )
