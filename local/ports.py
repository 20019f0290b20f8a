"""Ports: is it free, and which one is."""

import socket


class PortTaken(Exception):
    """A port that is needed is taken; the message names it and the variable that moves it."""


def require_free(port: int, variable: str) -> None:
    """Nothing, when `port` can be listened on.

    Args:
        port: on 127.0.0.1.
        variable: the environment variable that chooses it.
    Raises:
        PortTaken: something else listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(
                f"port {port} is taken ({error.strerror}): stop what listens there, or choose another with "
                f"{variable}={port + 1} make run"
            ) from None


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
