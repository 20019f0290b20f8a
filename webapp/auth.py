"""Who makes a request."""

import msgspec


class Caller(msgspec.Struct, frozen=True):
    """Who makes a request, and what it may do."""

    tenant_id: str | None
    scopes: frozenset[str]
    key_id: str | None


def identify(scope: str, *native: str | None) -> Caller:
    """Anyone, for now."""
    del native
    return Caller(None, frozenset([scope]), None)
