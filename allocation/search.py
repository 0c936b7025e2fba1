"""Where rules cross: level by level, by prices where they prove the level, by branching where they do not."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf
from typing import Final, TypeAlias

import numpy as np

from allocation import integer
from allocation.answer import Answer, Proof, broken
from allocation.greedy import place_in_order
from allocation.levels import LATER, Level, combined, levels_of
from allocation.linear import Frame, Infeasible, Relaxed, relax
from allocation.model import Held, Model
from allocation.problem import Ints
from allocation.proving import near_columns, objective, prove, prove_held, refuted
from allocation.structure import ranks

Clock: TypeAlias = Callable[[], float]
"""Seconds from any start."""

_NEAR: Final = 0.05
"""The first distance from the linear answer at which a whole one is looked for, in dearest places."""

_WIDER: Final = 4.0
"""How much wider each search is than the one before it."""

_FAR: Final = 12.0
"""Where it is looked for everywhere rather than still further, in people of the last rank."""

_SHARE: Final = 0.5
"""Of the time left, what one search may take, so that something is left for the levels after it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """A whole answer.

    among
        If the solver says that none is worth more in all levels in one: what those worth as much keep
        within. Cost and moves are then at their best, too, whatever the weights of people, since no answer
        as good for people outweighs it (`objective`).
    """

    columns: Ints
    among: Frame | None = None


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
        found, near = self._first(whole, relaxed), near_columns(self.model, relaxed)
        proofs: list[Proof] = []
        held: list[Held] = []
        for at, level in enumerate(levels):
            values = [each.value for each in held] + [level.value(programme, found.columns)]
            branched = any(proof.by == "branching" for proof in proofs)
            hint = None if branched else relaxed
            proof = prove(self.model, levels[: at + 1], values, hint, near, self.left)
            if not proof.holds:
                proof, found = self._settle(proof, levels[: at + 1], held, whole, found)
            proofs.append(proof)
            held.append(Held(level=level, value=proof.value))
        method = "integer" if any(proof.by == "branching" for proof in proofs) else "linear"
        return Answer(programme=programme, columns=found.columns, proofs=tuple(proofs), method=method)

    def _first(self, whole: Level, relaxed: Relaxed | None) -> Found:
        """An answer to start from: the linear one if it is whole, else a search for all levels in one."""
        programme = self.model.programme
        if relaxed is not None and relaxed.is_whole:
            columns = self.model.columns(relaxed.values)
            if not broken(programme, columns).any():
                return Found(columns=columns)
        found = self._search(whole, (), relaxed)
        return found or Found(columns=self._fallback())

    def _search(
        self, whole: Level, held: Sequence[Held], relaxed: Relaxed | None, most: float = inf
    ) -> Found | None:
        """The best answer to all levels in one, looked for ever less near to the linear answer.

        An answer worth less than all that a frame keeps in may miss a better one; it shows how far to look.

        Parameters
        ----------
        most
            What no answer is worth more than, where it is known.
        """
        if relaxed is None:
            return self._within(whole, held, None, inf)
        enough = inf
        for wide in self._gaps(whole, relaxed.best - most):
            gap = min(wide, enough)
            with suppress(Infeasible):
                found = self._within(whole, held, relaxed, gap)
                if found is None:
                    return None
                enough = relaxed.best - whole.value(self.model.programme, found.columns)
                if enough <= gap:
                    return found
        return self._within(whole, held, relaxed, enough)

    def _within(
        self, whole: Level, held: Sequence[Held], relaxed: Relaxed | None, gap: float
    ) -> Found | None:
        """The best answer no further than ``gap`` from the linear one; infinite: anywhere."""
        frame = None if relaxed is None or gap == inf else relaxed.frame(relaxed.best - gap)
        found = integer.best(self.model, whole, held, self.left * _SHARE, frame)
        if found.columns is None or not self._keeps(found.columns, held):
            return None
        if relaxed is None or not found.is_best:
            return Found(columns=found.columns)
        worth = whole.value(self.model.programme, found.columns)
        return Found(columns=found.columns, among=relaxed.frame(worth))

    def _gaps(self, whole: Level, least: float) -> Iterator[float]:
        """How far from the linear answer to look: from a cost point or two to some people, ever wider.

        The narrower, the sooner it is known that nothing is there; and nothing is nearer than ``least``.
        """
        dearest = float(-whole.column.min(initial=0)) + 1
        worth = self.model.worth(whole)[self.model.edges[1] :]
        far = _FAR * float(worth.min(initial=inf, where=worth > 0))
        gap = max(dearest * _NEAR, least)
        while gap < (far if far < inf else dearest):
            yield gap
            gap *= _WIDER

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
        self, proof: Proof, levels: Sequence[Level], held: Sequence[Held], whole: Level, found: Found
    ) -> tuple[Proof, Found]:
        """Prove the last of ``levels`` by prices with the others held, or search for a better value."""
        level, values = levels[-1], [*(each.value for each in held), proof.value]
        settled = found.among if level.name in LATER else None
        if settled is not None and self._refuted(levels, values, held, settled):
            return replace(proof, by="branching", bound=proof.value), found
        priced = self._priced(level, held)
        linear = prove_held(self.model, levels, values, priced)
        if linear is not None and linear.bound < proof.bound:
            proof = linear
        if proof.holds:
            return proof, found
        if settled is not None:
            return replace(proof, by="branching", bound=proof.value), found
        better = integer.better(self.model, level, held, proof.value, priced, self.left * _SHARE)
        if better.columns is not None and self._keeps(better.columns, held):
            found = self._completed(better.columns, level, held, whole, found)
        value = level.value(self.model.programme, found.columns)
        most = proof.bound if better.bound is None else max(value, min(better.bound, proof.bound))
        by = "linear" if value == proof.bound else "branching"
        return replace(proof, by=by, value=value, bound=most), found

    def _refuted(
        self, levels: Sequence[Level], values: Sequence[int], held: Sequence[Held], among: Frame
    ) -> bool:
        """Whether no prices can prove the last of ``levels``; cheap, for answers as good are few."""
        with suppress(Infeasible):
            point = integer.in_fractions(self.model, levels[-1], held, self.left, among)
            return point is not None and refuted(self.model, levels, values, point)
        return False

    def _priced(self, level: Level, held: Sequence[Held]) -> Relaxed | None:
        """The linear answer with levels held; some answer holds them, so only tolerances could deny it."""
        with suppress(Infeasible):
            return relax(self.model, level, held, self.left)
        return None

    def _completed(
        self, columns: Ints, level: Level, held: Sequence[Held], whole: Level, before: Found
    ) -> Found:
        """The best answer in the levels to come that is as good as ``columns`` in those so far."""
        programme = self.model.programme
        kept = [*held, Held(level=level, value=level.value(programme, columns))]
        most = inf if before.among is None else float(whole.value(programme, before.columns))
        found = None
        with suppress(Infeasible):  # the answer in hand holds them all, so only tolerances could deny it
            found = self._search(whole, kept, self._priced(whole, kept), most)
        return found or Found(columns=columns)

    def _keeps(self, columns: Ints, kept: Sequence[Held]) -> bool:
        programme = self.model.programme
        return not broken(programme, columns).any() and all(
            each.level.value(programme, columns) >= each.value for each in kept
        )
