"""A port of this machine on which nobody answers, for a server that is started a moment later."""

import secrets
import socket
from typing import Final

_PORTS: Final = range(10_000, 32_000)
"""Below those that systems give to whoever connects without naming one: such a port may be gone by then."""


def free_port() -> int:
    """A port that is free on 127.0.0.1 now, and that nobody gets by chance before the server has it."""
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as found:
            if found.connect_ex(("127.0.0.1", port)) != 0:
                return port
