"""Where rules cross: level by level, by prices where they prove the level, by branching where they do not."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import floor
from typing import Final, TypeAlias

import numpy as np

from allocation import integer
from allocation.answer import Answer, Proof, broken
from allocation.greedy import place_in_order
from allocation.levels import Level, combined, levels_of
from allocation.linear import Infeasible, Relaxed, relax
from allocation.model import Held, Model
from allocation.problem import Ints
from allocation.proving import near_columns, objective, prove, prove_held
from allocation.structure import ranks

Clock: TypeAlias = Callable[[], float]
"""Seconds from any start."""

_NEAR: Final = 0.05
"""The first distance from the linear answer at which a whole one is looked for, in dearest places."""

_FAR: Final = 3.0
"""The last distance, in people of the last rank, before it is looked for everywhere."""

_SHARE: Final = 0.5
"""Of the time left, what one search may take, so that something is left for the levels after it."""


@dataclass(slots=True)
class Search:
    """Level by level: by prices where they prove the level, by branching where they do not."""

    model: Model
    deadline: float
    clock: Clock

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - self.clock()

    def answer(self) -> Answer:
        """The best answer found, and how each of its levels is proved."""
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
            near = relaxed.best - gap
            frame = relaxed.frame(self.model.bounds_for(whole, held), near)
            with suppress(Infeasible):
                found = integer.best(self.model, whole, held, self.left * _SHARE, frame).columns
                if found is not None and self._keeps(found, [*held, Held(level=whole, value=floor(near))]):
                    return found
        try:
            found = integer.best(self.model, whole, held, self.left * _SHARE).columns
        except Infeasible:
            if not held:
                raise
            return None
        return found if found is not None and self._keeps(found, held) else None

    def _gaps(self, whole: Level) -> Iterator[float]:
        """How far from the linear answer to look: a cost point or two, one dear place, a few people."""
        dearest = float(-whole.column.min(initial=0)) + 1
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
        priced = self._priced(level, held)
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

    def _priced(self, level: Level, held: Sequence[Held]) -> Relaxed | None:
        """The linear answer with levels held; some answer holds them, so only tolerances could deny it."""
        with suppress(Infeasible):
            return relax(self.model, level, held, self.left)
        return None

    def _completed(self, columns: Ints, level: Level, held: Sequence[Held], whole: Level) -> Ints:
        """The best answer in the levels to come that is as good as ``columns`` in those so far."""
        kept = [*held, Held(level=level, value=level.value(self.model.programme, columns))]
        rest = self._search(whole, kept, self._priced(whole, kept))
        return columns if rest is None else rest

    def _keeps(self, columns: Ints, kept: Sequence[Held]) -> bool:
        programme = self.model.programme
        return not broken(programme, columns).any() and all(
            each.level.value(programme, columns) >= each.value for each in kept
        )
