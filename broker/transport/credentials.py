"""Credentials that expire, renewed for every boto3 client of the process.

A failure to renew them is an outage like any other.
"""

import logging
from typing import Any

from botocore.credentials import RefreshableCredentials
from botocore.exceptions import CredentialRetrievalError

from foundation.outage import Outage

# Short beside the minutes for which renewed credentials are asked before the old ones expire, and long enough that the
# threads that wait for one failed renewal share its failure.
RENEW_AGAIN_SECONDS = 1.0
"""After a failed renewal nobody tries again for this long."""

_EXPIRED = "refreshed credentials are still expired"

_botocore_refresh: Any = RefreshableCredentials._protected_refresh  # type: ignore[attr-defined]  # missing in the stubs


def patch_botocore() -> None:
    """Make botocore renew credentials by `_refresh`, for every client of the process.

    `broker.transport.setup` calls this once in every process. botocore has no hook for it: the credentials objects are
    created deep inside of its providers. A second call changes nothing.
    """
    RefreshableCredentials._protected_refresh = _refresh  # type: ignore[attr-defined]  # missing in the stubs
    # botocore warns with a traceback at every call that can't be signed. `_refresh` logs one line for the outage.
    logging.getLogger("botocore.credentials").setLevel(logging.ERROR)


def _refresh(credentials: Any, is_mandatory: bool) -> None:
    """Renew credentials, in the place of `RefreshableCredentials._protected_refresh` of botocore 1.44.

    The stock method raises a bare RuntimeError if the new credentials have expired already, which can't be told from a
    programming error. It asks a dead endpoint three times, for 9 s in all, for each thread that waits, one after the
    other. Here the threads that waited fail with the first one.

    Raises:
        CredentialRetrievalError: no credentials to be had, and the old ones are too old.
    """
    # Kept on the credentials object, because each provider has its own and botocore may create more.
    if not hasattr(credentials, "sluice_outage"):
        credentials.sluice_outage = Outage("renewing AWS credentials")
    if not credentials.sluice_outage.may_try(RENEW_AGAIN_SECONDS):
        if is_mandatory:
            raise CredentialRetrievalError(provider=credentials.method, error_msg="could not be renewed a moment ago")
        return
    old = credentials._frozen_credentials
    try:
        _botocore_refresh(credentials, is_mandatory)
    except Exception as error:
        credentials.sluice_outage.record_failure(type(error).__name__)
        if isinstance(error, RuntimeError) and _EXPIRED in str(error):
            raise CredentialRetrievalError(provider=credentials.method, error_msg=str(error)) from error
        raise
    if credentials._frozen_credentials is old:
        # While the old ones still serve, botocore swallows the error.
        credentials.sluice_outage.record_failure("they expire soon")
    else:
        credentials.sluice_outage.record_success()
