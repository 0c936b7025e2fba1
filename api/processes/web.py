"""A process that answers over HTTP."""

import socket
from collections.abc import Sequence
from contextlib import closing

from fastapi import APIRouter

from api.application import make_application
from api.background.alarm import AlarmClock, huey_at
from api.background.orphans import stop_with_parent
from api.doors_as_set import doors_of
from api.serving import lay_out, server
from api.settings import Settings, now, open_store
from api.watching.logs import log_as_json


def answer(of: Settings, sockets: Sequence[socket.socket], *more: APIRouter) -> None:
    """Answer until told to stop; then requests in hand are finished, and streams end.

    Parameters
    ----------
    more
        Doors that this process has beside those that all have.

    Raises
    ------
    Refused
        If the settings or the database cannot be used.
    """
    log_as_json()
    stop_with_parent()
    clock = AlarmClock(huey_at(of.url().render_as_string(hide_password=False)))
    with closing(clock), open_store(of, pool_size=of.threads) as store:
        app = make_application(store, doors_of(of, now=now(), wake=clock.wake))
        for router in more:
            app.include_router(router)
        lay_out(app)
        host, port = sockets[0].getsockname()[:2]
        server(app, host=host, port=port).run(sockets=list(sockets))
