"""The engine in a process of its own: it can be stopped, and whoever waits for it goes on saying so."""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final

from allocation.plan import Plan
from allocation.problem import Problem
from allocation.solve import solve
from api.background.orphans import stop_with_parent
from gateway.allocation_runs.performing import Solver

LOOK: Final = 0.5
"""Seconds between two looks whether it is to stop."""

LESS_URGENT: Final = 10
"""By how much the engine stands back for those who answer requests (nice, POSIX)."""

_PROCESSES: Final = multiprocessing.get_context("spawn")
"""A fork would copy the locks that other threads hold just then."""


class EngineDied(Exception):
    """The engine's process ended without a plan: killed, or out of memory."""


def solver_that_stops(place_to_stop: Callable[[], None]) -> Solver:
    """A solver that asks every half second whether it is to stop; stopped, its process is killed.

    Parameters
    ----------
    place_to_stop
        Raises what it is to be stopped with.
    """

    def stoppable(problem: Problem, *, time_limit_s: float) -> Plan:
        ours, theirs = _PROCESSES.Pipe(duplex=False)
        engine = _PROCESSES.Process(target=_solve, args=(problem, time_limit_s, theirs), daemon=True)
        engine.start()
        theirs.close()
        try:
            while not ours.poll(LOOK):
                place_to_stop()
            return _received(ours)
        finally:
            engine.kill()
            engine.join()
            ours.close()

    return stoppable


def _received(ours: Connection) -> Plan:
    try:
        answer = ours.recv()
    except EOFError:
        raise EngineDied from None
    if isinstance(answer, Exception):
        raise answer
    if not isinstance(answer, Plan):
        raise EngineDied
    return answer


def _solve(problem: Problem, time_limit_s: float, theirs: Connection) -> None:
    stop_with_parent()
    os.nice(LESS_URGENT)
    try:
        theirs.send(solve(problem, time_limit_s=time_limit_s))
    except Exception as fault:  # noqa: BLE001  whatever it is, whoever waits raises it
        theirs.send(RuntimeError(f"{type(fault).__name__} in the engine"))
