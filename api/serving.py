"""The application behind its own server, with what uvicorn leaves open closed."""

import gc
import socket
from collections.abc import Sequence
from typing import Final

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from api.guards.slow_headers import PatientProtocol

HEAD: Final = 32_768
"""Bytes of a request line and its headers, together."""

KEPT_OPEN: Final = 75
"""Seconds a connection without a request is kept: longer than nginx keeps its own (60), so that it never
sends a request into one that is just being closed."""

CONNECTIONS: Final = 2_000
"""Open connections of one process; more are told to come back."""

LAST_WORDS: Final = 30
"""Seconds that requests in hand have when the process is told to stop; no new one is taken then."""


class _EndsStreams(uvicorn.Server):
    """Told to stop, it ends the streams of those who follow: a task may be longer than any patience."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams, and then stop as uvicorn does."""
        app = self.config.app
        if isinstance(app, FastAPI):
            app.state.followers.close()
            app.state.live.close()
        await super().shutdown(sockets)


def lay_out(app: FastAPI) -> None:
    """Do now what the first request would wait for, and keep the collector from all that stays for good.

    Routes and their description are laid out when they are first asked for, which takes a second. A full
    collection of their half a million objects takes a third of one, in which nobody is answered.
    """
    app.openapi()
    gc.collect()
    gc.freeze()


def server(app: ASGIApp, *, host: str, port: int) -> uvicorn.Server:
    """A server for one process; ``run`` it, or ``serve`` it among others.

    It believes no header about who asks (the guards do, of proxies that are trusted), speaks no WebSocket,
    does not say what it is, and leaves logs to whoever set them up.
    """
    return _EndsStreams(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=PatientProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=KEPT_OPEN,
            timeout_graceful_shutdown=LAST_WORDS,
            h11_max_incomplete_event_size=HEAD,
        )
    )


def bound(host: str, port: int) -> Sequence[socket.socket]:
    """A socket that listens there already, so that the port is known (0: any that is free)."""
    listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setblocking(False)  # noqa: FBT003  as the standard library has it
    return [listening]
