"""Credentials that expire: renewed for every boto3 client of the process, or an outage like any other.

Importing this replaces a method of botocore.
"""

import logging
from typing import Any

from botocore.credentials import RefreshableCredentials
from botocore.exceptions import CredentialRetrievalError

from foundation.outage import Outage

RENEW_AGAIN_SECONDS = 1.0
"""For so long after credentials could not be renewed nobody tries it again."""

_botocore_renews: Any = RefreshableCredentials._protected_refresh  # type: ignore[attr-defined]  # missing in the stubs
_EXPIRED = "refreshed credentials are still expired"

# It warns with a traceback at every call that can't be signed; `_renew` says the same once.
logging.getLogger("botocore.credentials").setLevel(logging.ERROR)


def _renew(keys: Any, is_mandatory: bool) -> None:
    """Renew credentials; in the place of botocore 1.44's own method, for every client of the process.

    That one raises a bare RuntimeError when the new credentials have expired already, and nobody can tell that from a
    mistake. And it asks a dead endpoint three times, for 9 s in all, for each thread that waits, one after the other:
    here the threads that waited fail with the first one.

    Raises:
        CredentialRetrievalError: there are none to be had, and the old ones are too old.
    """
    if not hasattr(keys, "sluice_outage"):
        keys.sluice_outage = Outage("renewing AWS credentials")
    if not keys.sluice_outage.may_try(RENEW_AGAIN_SECONDS):
        if is_mandatory:
            raise CredentialRetrievalError(provider=keys.method, error_msg="could not be renewed a moment ago")
        return
    old = keys._frozen_credentials
    try:
        _botocore_renews(keys, is_mandatory)
    except Exception as error:
        keys.sluice_outage.record_failure(type(error).__name__)
        if isinstance(error, RuntimeError) and _EXPIRED in str(error):
            raise CredentialRetrievalError(provider=keys.method, error_msg=str(error)) from error
        raise
    if keys._frozen_credentials is old:
        keys.sluice_outage.record_failure("they expire soon")
    else:
        keys.sluice_outage.record_success()


RefreshableCredentials._protected_refresh = _renew  # type: ignore[attr-defined]  # missing in the stubs
