"""A process that does background work."""

import os
import signal
import socket
import threading

from api.background.chores import Round
from api.background.orphans import stop_with_parent
from api.background.worker import Worker, work_until
from api.ids import new_id
from api.settings import Settings, open_store
from api.watching.logs import log_as_json

CONNECTIONS = 10
"""To the database: five threads that hear alarms, each with up to two, and one that says it is alive."""

LESS_URGENT = 5
"""By how much background work stands back for those who answer requests (nice, POSIX); an engine more."""


def work(of: Settings) -> None:
    """Work until told to stop; then finish, or hand back, what is in hand.

    Raises
    ------
    Refused
        If the settings or the database cannot be used.
    """
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    log_as_json()
    stop_with_parent()
    os.nice(LESS_URGENT)
    with open_store(of, pool_size=CONNECTIONS) as store:
        doing = Round(
            store=store,
            post=of.post(store.clock),
            origin=of.origin.split()[0],
            rules=of.retention_rules(),
            erase=of.retention_automatic,
        )
        name = f"{socket.gethostname()[:30]}-{os.getpid()}-{new_id('W')}"
        work_until(stop, Worker(name, doing), of.url().render_as_string(hide_password=False))
