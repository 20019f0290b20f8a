"""Ports of this machine: checked, found."""

import errno
import socket
from collections.abc import Mapping

FIRST_UNPRIVILEGED_PORT = 1024


class PortUnusable(Exception):
    """A port can't be listened on; the message says why."""


def require_usable(ports: Mapping[str, int]) -> None:
    """Return if every port can be listened on.

    Args:
        ports: on 127.0.0.1, by the environment variable that chooses each.

    Raises:
        PortUnusable: two are the same, one is taken, or one needs root.
    """
    variables: dict[int, str] = {}
    for variable, port in ports.items():
        if port in variables:
            raise PortUnusable(f"{variables[port]} and {variable} are both {port}: choose another one for {variable}")
        variables[port] = variable
        require_free(port, variable)


def require_free(port: int, variable: str) -> None:
    """Return if a port can be listened on.

    Args:
        port: on 127.0.0.1.
        variable: the environment variable that chooses it.

    Raises:
        PortUnusable: another process listens there, or it needs root.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise PortUnusable(
                    f"port {port} needs root ({error.strerror}): choose one from {FIRST_UNPRIVILEGED_PORT} on with "
                    f"{variable}={port + 8000} make run"
                ) from None
            raise PortUnusable(
                f"port {port} is taken ({error.strerror}): stop what listens there, or choose another with "
                f"{variable}={port + 1 if port < 65535 else port - 1} make run"
            ) from None


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
