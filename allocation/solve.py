"""The front door: a problem in, a plan out.

A programme whose rules nest is one flow. Where they do not, the flow under the rules that do is tried first:
if it breaks nothing, it is optimal under all of them. Else each level is proved by a linear model that comes
out whole, and integers settle what is left (`allocation.search`). Independent parts are solved apart.
"""

import time
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

import numpy as np

from allocation import network
from allocation.answer import Answer, broken
from allocation.assemble import infeasible_plan, plan_of_answers
from allocation.choices import Scene
from allocation.conflict import smallest_conflict
from allocation.linear import Infeasible
from allocation.model import Model
from allocation.plan import Plan
from allocation.problem import Ints, Problem
from allocation.rules import Programme
from allocation.search import Clock, Search
from allocation.structure import classes, nest, parts


def solve(
    problem: Problem,
    *,
    time_limit_s: float = 60.0,
    executor: Executor | None = None,
    clock: Clock = time.perf_counter,
) -> Plan:
    """Place people in strict priority order, then at least cost, then with fewest occupants moved.

    Parameters
    ----------
    problem
        ``n`` people, ``m`` services, ``k`` options (person, service, cost).
    time_limit_s
        Seconds for each independent part that is no network; a flow needs no limit.
    executor
        Where independent parts are solved side by side; ``None``: one after the other, here.
    clock
        Seconds from any start.

    Returns
    -------
    Plan
        ``status`` says whether every level is proved; an unproved level carries its bound.
    """
    started = clock()
    programme = Programme.of(Scene.of(problem))
    try:
        answers = solve_parts(programme, time_limit_s=time_limit_s, executor=executor, clock=clock)
    except Infeasible:
        return infeasible_plan(programme, smallest_conflict(programme, time_limit_s), clock() - started)
    return plan_of_answers(programme, answers, clock() - started)


def solve_parts(
    programme: Programme, *, time_limit_s: float, executor: Executor | None = None, clock: Clock
) -> list[Answer]:
    """Answer each independent part of ``programme``.

    Raises
    ------
    Infeasible
        If a quota's ``min_units`` cannot be met.
    """
    empty = np.diff(programme.matrix.indptr) == 0
    if (programme.limit[empty] < 0).any():
        raise Infeasible
    each = partial(answer, seconds=time_limit_s, clock=clock)
    found = parts(programme)
    return list(map(each, found) if executor is None else executor.map(each, found))


def answer(programme: Programme, *, seconds: float, clock: Clock) -> Answer:
    """The best answer to one part, by the simplest method that proves it."""
    people = classes(programme)
    flow = network.solve(programme, people, nest(programme))
    if flow is not None:
        flow = replace(flow, columns=with_sharing(programme, flow.columns))
        if not broken(programme, flow.columns).any():
            return flow
    return Search(Model(programme=programme, people=people), clock() + seconds, clock).answer()


def with_sharing(programme: Programme, columns: Ints) -> Ints:
    """The same answer with every shared pool marked for each group that uses it."""
    offset = len(programme.choices) + len(programme.conversions)
    used = programme.used(columns) > 0
    entries = programme.matrix[:, offset:].tocoo()
    needed = entries.col[used[entries.row] & (entries.data < 0)]
    marked = columns.copy()
    marked[offset + needed] = 1
    return marked
