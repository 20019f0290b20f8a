"""Redactor: the public interface of the engine."""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from redaction.custom import CustomPattern, Re2Pattern
from redaction.detection import Detector
from redaction.policy import ENTITIES, Policy
from redaction.recognizer import Recognizer
from redaction.recognizers import RECOGNIZERS
from redaction.result import Entity, Redaction

HASH_DIGITS = 8
SHOWN_CHARACTERS = 4

_MIN_CHARACTERS_OF_PARTIAL = 2 * SHOWN_CHARACTERS
_SEPARATORS = re.compile(r"[\s()-]+")


class Redactor:
    """Replaces each entity in a text by the action of a policy.

    It holds no state between calls and is safe to share. Redacting a redacted text changes nothing. Every `str` is
    accepted, lone surrogates and NUL included. A JSON text stays valid JSON.

    Args:
        policy: without one, every entity becomes its token, `[NAME]`.
        hash_key: the tenant's hash key, for entities whose action is "hash".
    Raises:
        ValueError: the policy hashes and there is no hash key.
    """

    __slots__ = ("_actions", "_detector", "_hash_key")

    def __init__(self, policy: Policy | None = None, hash_key: bytes = b"") -> None:
        policy = policy or Policy()
        self._actions = {entity: action for entity, action in policy.actions.items() if action != "token"}
        self._hash_key = hash_key
        if "hash" in self._actions.values() and not hash_key:
            raise ValueError("the policy hashes values: it needs the tenant's key, unsalted hashes can be looked up")
        names = {*ENTITIES, *(pattern.entity for pattern in policy.custom)}
        tokens = re.compile(
            # The lookahead is for speed: most brackets of a log hold a number.
            rf"\[(?=[A-Z])(?:{'|'.join(sorted(names))})(?::(?:[0-9a-f]{{{HASH_DIGITS}}}|\*\w{{1,4}}))?\]"
        )
        self._detector = Detector(
            [recognizer if policy.replaces(recognizer.entity) else None for recognizer in RECOGNIZERS],
            [
                _build_custom_recognizer(index, pattern)
                for index, pattern in enumerate(policy.custom)
                if policy.replaces(pattern.entity)
            ],
            tokens,
            replacement=self._replace if self._actions else _build_token,
            accepts=partial(_accepts, policy) if policy.allow or "keep" in self._actions.values() else None,
        )

    def prepare(self) -> None:
        """Compile all gates, so that processes forked later share them."""
        self._detector.prepare()

    def redact(self, text: str) -> Redaction:
        """Redact one text.

        Raises:
            redaction.gates.re2_adapter.GatesFailed: RE2 gave up; the text may hold anything.
        """
        detected = self._detector.detect((text,))
        return self._build_redaction(*detected[0]) if detected else Redaction(text)

    def redact_batch(self, texts: Sequence[str]) -> list[Redaction]:
        """Redact each text by itself; return the results in order.

        It is many times faster than one text after the other, since most texts of a batch hold no entity.

        Raises:
            redaction.gates.re2_adapter.GatesFailed: RE2 gave up on one of them; each may hold anything.
        """
        redactions = list(map(Redaction, texts))
        for index, detected in self._detector.detect(texts).items():
            redactions[index] = self._build_redaction(*detected)
        return redactions

    def _build_redaction(self, entities: list[Entity], redacted: str) -> Redaction:
        if self._actions and any(self._actions.get(entity.type) == "drop" for entity in entities):
            return Redaction("", tuple(entities), dropped=True)
        return Redaction(redacted, tuple(entities))

    def redact_json(self, record: Any) -> tuple[Any, Redaction]:
        """Redact a value that `json.loads` may return.

        Returns:
            The record, with the same keys in the same order, or None if the policy drops it; and the redaction of its
            JSON text. A number stays a number unless a token replaces it.
        """
        redaction = self.redact(json.dumps(record, ensure_ascii=False))
        return (None if redaction.dropped else json.loads(redaction.text)), redaction

    def _replace(self, entity: Entity, value: str) -> str:
        match self._actions.get(entity.type):
            case "hash":
                return f"[{entity.type}:{self._hash(value)}]"
            case "partial":
                characters = [character for character in value if character.isascii() and character.isalnum()]
                if len(characters) >= _MIN_CHARACTERS_OF_PARTIAL:
                    return f"[{entity.type}:*{''.join(characters[-SHOWN_CHARACTERS:])}]"
        return _build_token(entity, value)

    def _hash(self, value: str) -> str:
        # One number is written in many ways, one address in upper and lower case: both get the same hash.
        normalized = _SEPARATORS.sub("", value.casefold()).encode("utf-8", "surrogatepass")
        return hmac.new(self._hash_key, normalized, hashlib.sha256).hexdigest()[:HASH_DIGITS]


def _build_token(entity: Entity, _value: str) -> str:
    return f"[{entity.type}]"


def _accepts(policy: Policy, entity: Entity, value: str) -> bool:
    """Return True if the policy replaces a value that was found."""
    return policy.replaces(entity.type) and not policy.allows(value)


def _build_custom_recognizer(index: int, custom: CustomPattern) -> Recognizer:
    # The pattern is its own gate; a tenant's few gates share one automaton, so they have one kind.
    return Recognizer(
        name=f"custom_{index + 1}",
        entity=custom.entity,
        gate=custom.pattern,
        gate_kind="words",
        pattern=Re2Pattern(custom.pattern),  # type: ignore[arg-type]  # has the parts of re.Pattern that are used
        positive=(),
        negative=(),
    )
