"""Other headers in which the protocols' clients send an API key."""

from flask import request


def get_scheme_api_key(scheme: str) -> str | None:
    """Return what follows `scheme` in the header Authorization, if anything.

    Werkzeug's parser is not used: it reads a key with "=" in it as parameters.

    Args:
        scheme: such as "Splunk"; its case doesn't matter.
    """
    sent_scheme, _, api_key = request.headers.get("Authorization", "").partition(" ")
    return api_key.strip() or None if sent_scheme.lower() == scheme.lower() else None


def get_basic_api_key() -> str | None:
    """Return the password of Authorization: Basic, or else the user.

    Clients differ in which of the two carries the API key.
    """
    login = request.authorization
    if login is None or login.type != "basic":
        return None
    return login.password or login.username or None
