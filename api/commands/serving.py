"""``gateway serve``, ``gateway web`` and ``gateway worker``: the gateway, running."""

import socket
from collections.abc import Sequence

from api.processes.keeping import Wanted, keep_running
from api.processes.web import answer
from api.processes.work import work
from api.refusals import Refused
from api.serving import bound
from api.settings import Settings, now, open_store, settings
from api.terminal import results


def run_web(*, host: str, port: int, processes: int, quiet: bool) -> int:
    """Answer over HTTP."""
    of = _checked()
    sockets = _listening(host, port)
    _tell(f"The gateway answers at {_where(host, sockets, of)}.", quiet=quiet)
    if processes == 1:
        answer(of, sockets)
        return 0
    return keep_running(
        {f"web-{number}": Wanted(answer, (of, sockets)) for number in range(1, processes + 1)}
    )


def run_worker(*, quiet: bool) -> int:
    """Do background work."""
    of = _checked()
    _tell("The worker works.", quiet=quiet)
    work(of)
    return 0


def run_serve(*, host: str, port: int, processes: int, quiet: bool) -> int:
    """Answer and work, on one machine."""
    of = _checked().model_copy(update={"expect_worker": True})
    sockets = _listening(host, port)
    _tell(f"The gateway works, and answers at {_where(host, sockets, of)}.", quiet=quiet)
    web = {f"web-{number}": Wanted(answer, (of, sockets)) for number in range(1, processes + 1)}
    return keep_running({"worker": Wanted(work, (of,)), **web})


def _checked() -> Settings:
    """The settings, with everything that could be wrong found out before anything is started.

    Raises
    ------
    Refused
        Naming what is wrong: the settings, the key, the database or its revision.
    """
    from api.doors_as_set import doors_of  # noqa: PLC0415  it loads the whole application

    of = settings()
    doors_of(of, now=now())
    of.post(now)
    with open_store(of):
        return of


def _listening(host: str, port: int) -> Sequence[socket.socket]:
    try:
        return bound(host, port)
    except OSError as error:
        raise Refused(f"{host}:{port}: {error.strerror}") from error


def _where(host: str, sockets: Sequence[socket.socket], of: Settings) -> str:
    """Where it listens and, if that is another address, the one under which people come in."""
    listens = f"http://{host}:{sockets[0].getsockname()[1]}"
    if listens in of.origin.split():
        return listens
    return f"{listens}, for people who come in at {of.origin} (GATEWAY_ORIGIN)"


def _tell(words: str, *, quiet: bool) -> None:
    results(quiet=quiet).print(words)
