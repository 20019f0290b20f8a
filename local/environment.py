"""The environment of local processes, which never reaches real AWS."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def engine_environment(endpoint_url: str, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return an environment that points at the engine.

    It is `base` without anything about AWS, and without another process's metrics.

    Args:
        endpoint_url: such as http://127.0.0.1:4566.
        base: what else the processes inherit.
    """
    kept = {name: value for name, value in base.items() if not name.startswith(("AWS_", "PROMETHEUS_"))}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{base.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "SLUICE_AWS_ENDPOINT_URL": endpoint_url,
        "SLUICE_HOST": "127.0.0.1",
        # Two plain curls work on a laptop; a key that is sent is checked all the same.
        "SLUICE_REQUIRE_AUTH": "false",
        # What was sent can be read in the table; a tenant's policy may want something else.
        "SLUICE_ORIGINAL": base.get("SLUICE_ORIGINAL", "keep"),
        "AWS_REGION": "us-east-1",
        # Not even a look at what the machine has: no profile, no instance role.
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
