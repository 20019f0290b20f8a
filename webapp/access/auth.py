"""Authentication of requests by API key."""

import logging
from datetime import timedelta

import msgspec
from flask import request

from foundation.timestamps import get_timestamp
from models import ApiKey, ApiKeyText
from models.tables.connection import DYNAMODB_ERRORS
from observability import safe_error_summary
from settings import settings
from webapp.access.row_cache import RowCache, RowUnavailable
from webapp.http.problems import Problem, unavailable

logger = logging.getLogger(__name__)

STORE_USE_EVERY = timedelta(minutes=1)


class Caller(msgspec.Struct, frozen=True):
    """The authenticated sender of a request.

    Without a key it is anonymous and may name any tenant: all attributes but `scopes` are None.
    """

    tenant_id: str | None
    scopes: frozenset[str]
    key_id: str | None


_api_keys: RowCache[ApiKey] = RowCache(ApiKey.Meta.table_name, ApiKey.get_or_none)


def authenticate(scope: str, *protocol_keys: str | None) -> Caller:
    """Return the sender of the current request if it has a scope.

    The API key is in `Authorization: Bearer`, in `X-API-Key`, or where a protocol has it; it may be in several of them.
    Another value, such as the token of a proxy, is ignored if there is an API key beside it. Where
    `settings.require_auth` is false, values that don't begin like an API key are ignored too: a client that must send a
    token sends any.

    Args:
        scope: that the request needs: ingest, read, read:original or admin.
        protocol_keys: values that the protocol carries elsewhere; None for nothing.
    Raises:
        Problem: 401 if there is no API key, or it is unknown, revoked or expired; 403 if it lacks `scope`; 503 if
            DynamoDB does not answer and the API key is not cached.
    """
    offered = [text for text in (_get_bearer_token(), request.headers.get("X-API-Key"), *protocol_keys) if text]
    if not settings.require_auth and not any(text.startswith("slk_") for text in offered):
        offered = []
    if not offered:
        anonymous = _build_anonymous_caller()
        require_scope(anonymous, scope)
        return anonymous
    texts = {text for text in map(ApiKeyText.parse, offered) if text is not None}
    if len(texts) > 1:
        raise _unauthorized("key_ambiguous", "The request has several keys; send only one of them.", "invalid_request")
    api_key = _find_api_key(texts.pop()) if texts else None
    if api_key is None:
        raise _unauthorized("key_invalid", "Sluice does not know this key; check that it is complete.", "invalid_token")
    caller = Caller(api_key.tenant_id, frozenset(api_key.scopes), api_key.key_id)
    require_scope(caller, scope)
    return caller


def require_scope(caller: Caller, scope: str) -> None:
    """Reject a caller that lacks a scope.

    Raises:
        Problem: 401 if the caller has no API key, else 403.
    """
    if scope in caller.scopes:
        return
    if caller.key_id is None:
        raise _unauthorized("key_missing", "Send a key: Authorization: Bearer slk_…, or X-API-Key: slk_…")
    raise Problem(
        403,
        "scope_missing",
        f"The key lacks the scope {scope}; use one that was made with --scope {scope}.",
        {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
    )


def resolve_tenant(caller: Caller, named: str | None) -> str | None:
    """Return a request's tenant: the caller's, or else the named one.

    Raises:
        Problem: 403 if the caller's API key belongs to another tenant.
    """
    if caller.tenant_id is not None and named not in (None, caller.tenant_id):
        raise tenant_mismatch_problem()
    return caller.tenant_id or named


def tenant_mismatch_problem() -> Problem:
    """Build the 403 for a tenant other than the API key's."""
    return Problem(
        403, "tenant_mismatch", "The key belongs to another tenant than the request names; leave the name out."
    )


def _build_anonymous_caller() -> Caller:
    """Build a caller with the scopes that need no API key.

    Where API keys are not required, everybody may send. Everybody may also read from an engine on this machine: its
    logs belong to whoever started it. Reading originals takes an API key always, since each reading is recorded with
    its reader.
    """
    scopes = set() if settings.require_auth else {"ingest"}
    if scopes and settings.engine_credentials is not None:
        scopes.add("read")
    return Caller(None, frozenset(scopes), None)


def _get_bearer_token() -> str | None:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else None


def _find_api_key(text: ApiKeyText) -> ApiKey | None:
    """Return the row of an API key, or None if unknown.

    A wrong secret gives None too: from outside it must look like an API key that does not exist.

    Raises:
        Problem: 401 if the API key is revoked or expired; 503 if DynamoDB does not answer and it is not cached.
    """
    try:
        api_key = _api_keys.get(text.key_id)
    except RowUnavailable:
        raise unavailable(
            "auth_unavailable", "The key can't be checked now; nothing was accepted. Send the request again."
        ) from None
    if api_key is None or not api_key.matches(text):
        return None
    match api_key.state:
        case "revoked":
            raise _unauthorized("key_revoked", "The key was revoked; use another one.", "invalid_token")
        case "expired":
            raise _unauthorized("key_expired", "The key has expired; ask for a new one.", "invalid_token")
    _store_use(api_key)
    return api_key


def _store_use(api_key: ApiKey) -> None:
    now, minute_ago = get_timestamp(), get_timestamp(-STORE_USE_EVERY)
    if api_key.last_used_at and api_key.last_used_at > minute_ago:
        return
    # The cached row is changed first: if writing fails, the next request does not try again at once.
    api_key.last_used_at = now
    if _api_keys.is_down:
        return
    try:
        ApiKey.record_use(api_key.key_id, now, minute_ago)
    except DYNAMODB_ERRORS as error:
        logger.warning("the last use of key %s is not stored: %s", api_key.key_id, safe_error_summary(error))


def _unauthorized(code: str, detail: str, error: str | None = None) -> Problem:
    # https://www.rfc-editor.org/rfc/rfc6750#section-3: no error code if the request has no key at all.
    return Problem(401, code, detail, {"WWW-Authenticate": f'Bearer error="{error}"' if error else "Bearer"})
