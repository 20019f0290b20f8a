"""Who makes a request, by its key."""

import logging
from datetime import timedelta

import msgspec
from flask import request

from foundation.timestamps import get_timestamp
from models import ApiKey, KeyText
from models.tables.connection import DYNAMODB_ERRORS
from observability import safe_error_summary
from settings import settings
from webapp.access.row_cache import RowCache, RowUnavailable
from webapp.http.problems import Problem, unavailable

logger = logging.getLogger(__name__)

NOTE_USE_EVERY = timedelta(minutes=1)


class Caller(msgspec.Struct, frozen=True):
    """Whom a request is from; without a key nobody in particular, who may name any tenant."""

    tenant_id: str | None
    scopes: frozenset[str]
    key_id: str | None


_keys: RowCache[ApiKey] = RowCache(ApiKey.Meta.table_name, ApiKey.of)


def identify(scope: str, *native: str | None) -> Caller:
    """Who makes the current request.

    The key is in `Authorization: Bearer`, in `X-API-Key`, or where a protocol has it; it may be in several of them. A
    value that is no key of ours, such as the token of a proxy, is passed over when there is one beside it. Where
    `settings.require_auth` is false so is what doesn't begin like one: clients that must send a token send any.

    Args:
        scope: what the request needs: ingest, read, read:original or admin.
        native: what the protocol carries elsewhere; None for nothing.
    Raises:
        Problem: 401 when there is no key, or it is not known, revoked or expired; 403 when it is not for `scope`; 503
            when DynamoDB doesn't answer and the key is not known.
    """
    offered = [text for text in (_bearer(), request.headers.get("X-API-Key"), *native) if text]
    if not settings.require_auth and not any(text.startswith("slk_") for text in offered):
        offered = []
    if not offered:
        anyone = _anyone()
        require(anyone, scope)
        return anyone
    texts = {text for text in map(KeyText.parse, offered) if text is not None}
    if len(texts) > 1:
        raise _unauthorized("key_ambiguous", "The request has several keys; send one of them.", "invalid_request")
    key = _checked(texts.pop()) if texts else None
    if key is None:
        raise _unauthorized("key_invalid", "This is no key that Sluice knows; check that it is whole.", "invalid_token")
    caller = Caller(key.tenant_id, frozenset(key.scopes), key.key_id)
    require(caller, scope)
    return caller


def require(caller: Caller, scope: str) -> None:
    """Whether a caller may do something.

    Raises:
        Problem: 401 when there is no key, 403 when it is not for that.
    """
    if scope in caller.scopes:
        return
    if caller.key_id is None:
        raise _unauthorized("key_missing", "Send a key: Authorization: Bearer slk_…, or X-API-Key: slk_…")
    raise Problem(
        403,
        "scope_missing",
        f"The key is not for {scope}; use one that was made with --scope {scope}.",
        {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
    )


def tenant_named(caller: Caller, named: str | None) -> str | None:
    """The tenant of a request: the caller's, or else the one that is named, if one is.

    Raises:
        Problem: 403 when the caller is another one's.
    """
    if caller.tenant_id is not None and named not in (None, caller.tenant_id):
        raise of_another_tenant()
    return caller.tenant_id or named


def of_another_tenant() -> Problem:
    """What a caller is told who names another tenant than its own."""
    return Problem(
        403, "tenant_mismatch", "The key belongs to another tenant than the one that is named; leave it out."
    )


def _anyone() -> Caller:
    """What can be done without a key.

    Where none is required that is sending. Reading takes an engine on this machine besides: there the logs are those of
    whoever started it. Originals are never given out without a key, because nobody could be named for it.
    """
    scopes = set() if settings.require_auth else {"ingest"}
    if scopes and settings.engine_credentials is not None:
        scopes.add("read")
    return Caller(None, frozenset(scopes), None)


def _bearer() -> str | None:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else None


def _checked(text: KeyText) -> ApiKey | None:
    """The key's row; None when there is none, or the secret is not right, which look the same from outside."""
    try:
        key = _keys.get(text.key_id)
    except RowUnavailable:
        raise unavailable(
            "auth_unavailable", "The key can't be checked now; nothing was accepted. Send it again."
        ) from None
    if key is None or not key.is_of(text):
        return None
    match key.state:
        case "revoked":
            raise _unauthorized("key_revoked", "The key was revoked; use another one.", "invalid_token")
        case "expired":
            raise _unauthorized("key_expired", "The key has expired; have a new one made.", "invalid_token")
    _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    now, minute_ago = get_timestamp(), get_timestamp(-NOTE_USE_EVERY)
    if key.last_used_at and key.last_used_at > minute_ago:
        return
    # In the row that this process keeps, first: if writing fails the next request does not try again at once.
    key.last_used_at = now
    if _keys.is_down:
        return
    try:
        ApiKey.note_use(key.key_id, now, minute_ago)
    except DYNAMODB_ERRORS as error:
        logger.warning("the last use of key %s is not stored: %s", key.key_id, safe_error_summary(error))


def _unauthorized(code: str, detail: str, error: str | None = None) -> Problem:
    # https://www.rfc-editor.org/rfc/rfc6750#section-3: no error code when the request has no key at all.
    return Problem(401, code, detail, {"WWW-Authenticate": f'Bearer error="{error}"' if error else "Bearer"})
