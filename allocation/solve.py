"""The front door: a problem in, a plan out.

A programme whose rules nest is one flow. Where they do not, the flow under the rules that do is tried first:
if it breaks nothing, it is optimal under all of them. Else each level is proved by a linear model that comes
out whole, and integers settle what is left. Independent parts are solved apart.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from allocation import integer, network
from allocation.answer import Answer, Proof, broken
from allocation.assemble import infeasible_plan, plan_of_answers
from allocation.choices import Scene
from allocation.conflict import smallest_conflict
from allocation.greedy import place_in_order
from allocation.levels import Level, combined, levels_of
from allocation.linear import (
    Held,
    Infeasible,
    Model,
    Relaxed,
    near_columns,
    objective,
    prove,
    prove_held,
    relax,
)
from allocation.plan import Plan
from allocation.problem import Ints, Problem
from allocation.rules import Programme
from allocation.structure import classes, nest, parts, ranks

Clock = Callable[[], float]

_NEAR: Final = 0.05
"""The first distance from the linear answer at which a whole one is looked for, in dearest places."""

_FAR: Final = 3.0
"""The last distance, in people of the last rank, before it is looked for everywhere."""

_SHARE: Final = 0.5
"""Of the time left, what one search may take, so that something is left for the levels after it."""


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
    return _Search(Model(programme=programme, people=people), clock() + seconds, clock).answer()


def with_sharing(programme: Programme, columns: Ints) -> Ints:
    """The same answer with every shared pool marked for each group that uses it."""
    offset = len(programme.choices) + len(programme.conversions)
    used = programme.used(columns) > 0
    entries = programme.matrix[:, offset:].tocoo()
    needed = entries.col[used[entries.row] & (entries.data < 0)]
    marked = columns.copy()
    marked[offset + needed] = 1
    return marked


@dataclass(slots=True)
class _Search:
    """Level by level: by prices where they prove the level, by branching where they do not."""

    model: Model
    deadline: float
    clock: Clock

    @property
    def left(self) -> float:
        return self.deadline - self.clock()

    def answer(self) -> Answer:
        programme = self.model.programme
        levels = levels_of(programme)
        whole = combined(programme, levels, objective(programme, levels))
        relaxed = relax(self.model, whole, (), self.left)
        columns, near = self._first(whole, relaxed), near_columns(self.model, relaxed)
        proofs: list[Proof] = []
        held: list[Held] = []
        for at, level in enumerate(levels):
            values = [each.value for each in held] + [level.value(programme, columns)]
            branched = any(proof.by == "branching" for proof in proofs)
            hint = None if branched else relaxed
            proof = prove(self.model, levels[: at + 1], values, hint, near, self.left)
            if not proof.holds:
                proof, columns = self._settle(proof, levels[: at + 1], held, whole, columns)
            proofs.append(proof)
            held.append(Held(level=level, value=proof.value))
        method = "integer" if any(proof.by == "branching" for proof in proofs) else "linear"
        return Answer(programme=programme, columns=columns, proofs=tuple(proofs), method=method)

    def _first(self, whole: Level, relaxed: Relaxed | None) -> Ints:
        """An answer to start from: the linear one if it is whole, else a search for all levels in one."""
        programme = self.model.programme
        if relaxed is not None and relaxed.is_whole:
            columns = self.model.columns(relaxed.values)
            if not broken(programme, columns).any():
                return columns
        found = self._search(whole, (), relaxed)
        return self._fallback() if found is None else found

    def _search(self, whole: Level, held: Sequence[Held], relaxed: Relaxed | None) -> Ints | None:
        """A whole answer to all levels in one, looked for ever less near to the linear answer."""
        for gap in self._gaps(whole):
            if relaxed is None:
                break
            frame = relaxed.frame(self.model.bounds_for(whole, held), relaxed.best - gap)
            with suppress(Infeasible):
                found = integer.best(self.model, whole, held, self.left * _SHARE, frame).columns
                near = found is not None and self._keeps(found, held)
                if near and whole.value(self.model.programme, found) >= relaxed.best - gap:
                    return found
        found = integer.best(self.model, whole, held, self.left * _SHARE).columns
        return found if found is not None and self._keeps(found, held) else None

    def _gaps(self, whole: Level) -> Iterator[float]:
        """How far from the linear answer to look: a cost point or two, one dear place, a few people."""
        dearest = float(self.model.programme.choices.cost.max(initial=0)) + 1
        worth = self.model.worth(whole)[self.model.edges[1] :]
        least = float(worth[worth > 0].min(initial=np.inf))
        yield from (dearest * _NEAR, dearest)
        if np.isfinite(least):
            yield _FAR * least

    def _fallback(self) -> Ints:
        """Priority order, each at the cheapest open place; a quota to be filled is worth waiting for."""
        programme = self.model.programme
        rank = ranks(programme.scene.problem)
        people = programme.choices.people
        columns = place_in_order(programme, people[np.lexsort((people, rank[people]))].tolist())
        if broken(programme, columns).any():
            nothing = combined(programme, (), {})
            found = integer.best(self.model, nothing, (), float("inf")).columns
            if found is None:
                raise Infeasible
            return found
        return columns

    def _settle(
        self, proof: Proof, levels: Sequence[Level], held: Sequence[Held], whole: Level, columns: Ints
    ) -> tuple[Proof, Ints]:
        """Prove the last of ``levels`` by prices with the others held, or search for a better value."""
        level, values = levels[-1], [*(each.value for each in held), proof.value]
        priced = relax(self.model, level, held, self.left)
        linear = prove_held(self.model, levels, values, priced)
        if linear is not None and linear.bound < proof.bound:
            proof = linear
        if proof.holds:
            return proof, columns
        found = integer.better(self.model, level, held, proof.value, priced, self.left * _SHARE)
        if found.columns is not None and self._keeps(found.columns, held):
            columns = self._completed(found.columns, level, held, whole)
        value = level.value(self.model.programme, columns)
        most = proof.bound if found.bound is None else max(value, min(found.bound, proof.bound))
        by = "linear" if value == proof.bound else "branching"
        return replace(proof, by=by, value=value, bound=most), columns

    def _completed(self, columns: Ints, level: Level, held: Sequence[Held], whole: Level) -> Ints:
        """The best answer in the levels to come that is as good as ``columns`` in those so far."""
        kept = [*held, Held(level=level, value=level.value(self.model.programme, columns))]
        rest = self._search(whole, kept, relax(self.model, whole, kept, self.left))
        return columns if rest is None else rest

    def _keeps(self, columns: Ints, kept: Sequence[Held]) -> bool:
        programme = self.model.programme
        return not broken(programme, columns).any() and all(
            each.level.value(programme, columns) >= each.value for each in kept
        )
