"""Processes are kept running: one that dies is started again, all stop together."""

import gc
import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.context import SpawnProcess
from typing import Any, Final

LOG = logging.getLogger(__name__)

PATIENCE: Final = 45.0
"""Seconds that processes have to stop; those that answer finish requests for up to thirty of them."""

STEADY: Final = 60.0
"""A process that lived for so many seconds is sound; one that dies sooner may not be."""

MOST_DEATHS: Final = 5
"""Deaths in a row, each soon after the start, after which nothing is started again."""

_PROCESSES: Final = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A process to be kept running: what it does, and with what."""

    does: Callable[..., None]
    given: tuple[Any, ...]


@dataclass(slots=True)
class _Kept:
    wanted: Wanted
    process: SpawnProcess
    began: float
    deaths: int = field(default=0)


def keep_running(wanted: Mapping[str, Wanted], *, look: float = 0.5) -> int:
    """Run these processes until told to stop (SIGTERM, SIGINT).

    Returns
    -------
    int
        0: they were told to stop. 1: one of them died again and again, and all were stopped.
    """
    told = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: told.set())
    kept = {name: _Kept(each, _started(name, each), time.monotonic()) for name, each in wanted.items()}
    sound = True
    while sound and not told.wait(look):
        sound = all(_still_runs(name, each) for name, each in kept.items())
    _stop([each.process for each in kept.values()])
    return 0 if sound else 1


def _started(name: str, wanted: Wanted) -> SpawnProcess:
    does = wanted.does.__module__, wanted.does.__qualname__
    process = _PROCESSES.Process(target=_do, args=(*does, *wanted.given), name=name)
    process.start()
    return process


def _do(module: str, name: str, *given: Any) -> None:  # noqa: ANN401  whatever the process takes
    # What is imported stays to the end: Python need not look through it, again and again, for something to
    # throw away, which is a quarter of the time that starting takes.
    gc.disable()
    does = getattr(import_module(module), name)
    gc.freeze()
    gc.enable()
    does(*given)


def _still_runs(name: str, kept: _Kept) -> bool:
    """Whether it runs, or was started again; not if it dies again and again."""
    if kept.process.is_alive():
        return True
    kept.deaths = 1 if time.monotonic() - kept.began > STEADY else kept.deaths + 1
    LOG.error("Process %s ended with %s.", name, kept.process.exitcode)
    if kept.deaths >= MOST_DEATHS:
        return False
    kept.process, kept.began = _started(name, kept.wanted), time.monotonic()
    return True


def _stop(processes: list[SpawnProcess]) -> None:
    for each in processes:
        if each.is_alive():
            each.terminate()
    deadline = time.monotonic() + PATIENCE
    for each in processes:
        each.join(max(0.0, deadline - time.monotonic()))
        if each.is_alive():
            each.kill()
            each.join()
