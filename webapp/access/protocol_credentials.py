"""The ways besides Authorization: Bearer and X-API-Key in which the protocols' clients send a key."""

from flask import request


def key_of_scheme(scheme: str) -> str | None:
    """What follows the scheme in the header Authorization.

    Werkzeug's own reading is not used: it takes a key with an "=" in it for parameters.

    Args:
        scheme: such as "Splunk"; its case doesn't matter.
    """
    given, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() or None if given.lower() == scheme.lower() else None


def key_of_basic() -> str | None:
    """The password of Authorization: Basic, or the user where that is empty: clients differ in where they put a key."""
    login = request.authorization
    if login is None or login.type != "basic":
        return None
    return login.password or login.username or None
