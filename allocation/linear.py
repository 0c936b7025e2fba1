"""Levels as a linear model on classes: people who are interchangeable share their columns.

The everyday case, pools of different genders under one authority's quota, is no network, yet its linear
model nearly always comes out whole. Its dual prices then prove each level, evaluated in whole numbers
(`allocation.levels.bound`), so that no rounding of the solver's can make a proof of what is not true.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from allocation.answer import Proof
from allocation.levels import LATER, Level, bound, combined
from allocation.problem import Ints
from allocation.rules import Programme
from allocation.seating import seat
from allocation.structure import Classes

PER: Final = 10**9
"""Prices are kept in whole billionths: 100,000 roundings still lose less than a thousandth of a point."""

WHOLE: Final = 1e-6
"""The solver's own tolerance: values this near a whole number are taken for it, and checked exactly after."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A programme on classes.

    Columns: for each class and choice how many take it; each conversion; each sharing; for each group (one
    class, one rank) how many of it are placed. ``rules @ x <= limit`` and, class by class,
    places taken = people placed.
    """

    programme: Programme
    people: Classes

    @cached_property
    def edges(self) -> tuple[int, int]:
        """Where the columns after the class rows start, and where the groups start."""
        rows = len(self.people.rows)
        return rows, rows + self.programme.width - len(self.programme.choices)

    @property
    def width(self) -> int:
        """The number of columns."""
        return self.edges[1] + len(self.people.group_class)

    @cached_property
    def rules(self) -> sparse.csr_array:
        """The rules over these columns."""
        choices, width = len(self.programme.choices), self.programme.width
        columns = np.concatenate([self.people.rows, np.arange(choices, width)])
        groups = sparse.csr_array((len(self.programme.names), len(self.people.group_class)), dtype=np.int64)
        return sparse.csr_array(sparse.hstack([self.programme.matrix[:, columns], groups], format="csr"))

    @cached_property
    def balance(self) -> sparse.csr_array:
        """Per class: places taken less people placed, which must be nothing."""
        rows, groups = len(self.people.rows), len(self.people.group_class)
        row = np.concatenate([self.people.row_class, self.people.group_class])
        column = np.concatenate([np.arange(rows), self.edges[1] + np.arange(groups)])
        data = np.repeat([1, -1], [rows, groups])
        return sparse.csr_array((data, (row, column)), shape=(len(self.people), self.width))

    @cached_property
    def bounds(self) -> tuple[Floats, Floats]:
        """The least and the most of each column."""
        members = np.diff(self.people.start)[self.people.row_class]
        most = np.concatenate([members, self.programme.upper, self.people.group_size])
        least = np.zeros(self.width)
        least[self.edges[1] :] = np.where(
            self.people.forced[self.people.group_class], self.people.group_size, 0
        )
        return least, most.astype(np.float64)

    def worth(self, level: Level) -> Floats:
        """What each column is worth in ``level``."""
        first = np.cumsum(self.people.group_size) - self.people.group_size
        choices = len(self.programme.choices)
        parts = (
            level.column[self.people.rows],
            level.column[choices:],
            level.person[self.people.people[first]],
        )
        return np.concatenate(parts).astype(np.float64)

    def columns(self, values: Floats) -> Ints:
        """The programme's columns for whole ``values`` of these."""
        whole = np.rint(values).astype(np.int64)
        return seat(self.programme, self.people, whole[: self.edges[0]], whole[self.edges[0] : self.edges[1]])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxed:
    """The best values without wholeness, and the price of each rule per unit of what was maximised."""

    values: Floats
    prices: Floats

    @property
    def is_whole(self) -> bool:
        """Whether every value is a whole number."""
        return bool((abs(self.values - np.rint(self.values)) < WHOLE).all())


class Infeasible(Exception):
    """No answer meets every rule; only a quota's ``min_units`` can cause it."""


def relax(model: Model, level: Level, seconds: float) -> Relaxed | None:
    """Maximise ``level`` without wholeness; ``None`` if that took longer than ``seconds``.

    Raises
    ------
    Infeasible
        If nothing meets every rule.
    """
    if seconds <= 0:
        return None
    found = optimize.linprog(
        -model.worth(level),
        A_ub=model.rules.astype(np.float64),
        b_ub=model.programme.limit.astype(np.float64),
        A_eq=model.balance.astype(np.float64),
        b_eq=np.zeros(len(model.people)),
        bounds=np.stack(model.bounds, axis=1),
        method="highs",
        options={"time_limit": seconds},
    )
    if found.status == _INFEASIBLE:
        raise Infeasible
    if found.x is None or found.status != 0:
        return None
    return Relaxed(values=found.x, prices=np.maximum(-found.ineqlin.marginals, 0.0))


_INFEASIBLE: Final = 2


def falling(levels: Sequence[Level]) -> dict[str, int]:
    """Weights of people and score levels under which everybody outweighs all of later rank, one for one.

    A person of band ``b`` and score ``s`` is worth ``base(b) + s``, so worth falls strictly with rank and
    stays as small as can be. For people who compete one for one, as nearly always, that keeps strict
    priority; where it does not, the proof of some level fails and integers decide.
    """
    weights: dict[str, int] = {}
    base, top = 1, 0
    for level in reversed([each for each in levels if each.name not in LATER]):
        if level.name.endswith("score"):
            weights[level.name], top = 1, int(level.person.max(initial=0))
        else:
            weights[level.name] = base
            base, top = base + top + 1, 0
    return weights


def objective(programme: Programme, levels: Sequence[Level]) -> dict[str, int]:
    """Weights of all levels in one: priority well above any one person's cost, cost above all moves."""
    moving = 1 + int(programme.choices.moves.sum()) if levels[-1].name == "moved" else 1
    dear = 3 * moving * (int(programme.choices.cost.max(initial=0)) + 1)
    weights = {name: weight * dear for name, weight in falling(levels).items()}
    return weights | {"cost": moving, "moved": 1}


def prove(
    model: Model, levels: Sequence[Level], values: Sequence[int], hint: Relaxed | None, seconds: float
) -> Proof:
    """The best proof that prices give that the last of ``levels`` can be worth no more than its value.

    Parameters
    ----------
    values
        What the answer is worth in each of ``levels``; the earlier ones are at their best.
    hint
        The linear answer to all levels in one (`objective`), whose prices serve for cost and moves.
    """
    proof = _free(model, levels, values)
    if proof.holds:
        return proof
    if levels[-1].name in LATER:
        weights, priced = objective(model.programme, levels), hint
    else:
        weights = falling(levels)
        priced = relax(model, combined(model.programme, levels, weights), seconds)
    if priced is None:
        return proof
    prices = np.rint(priced.prices * PER).astype(np.int64)
    return min(proof, _proof(model, levels, values, weights, prices, PER), key=lambda each: each.bound)


def _free(model: Model, levels: Sequence[Level], values: Sequence[int]) -> Proof:
    """The proof that needs no prices: nobody is left to place, or as many places go to the highest scores."""
    last = levels[-1]
    weights = {last.name: 1}
    if last.name.endswith("score") and values[-2] == 0:
        weights[levels[-2].name] = -int(last.person.max(initial=0))
    return _proof(model, levels, values, weights, np.zeros(len(model.programme.names), dtype=np.int64), 1)


def _proof(
    model: Model,
    levels: Sequence[Level],
    values: Sequence[int],
    weights: Mapping[str, int],
    prices: Ints,
    per: int,
) -> Proof:
    programme = model.programme
    used = {level.name: weights[level.name] for level in levels if level.name in weights}
    most = bound(programme, combined(programme, levels, used), prices, per)
    names = [programme.names[row] for row in np.flatnonzero(prices).tolist()]
    return Proof(
        levels=(levels[-1].name,),
        by="linear",
        value=values[-1],
        bound=last_bound(most, per, levels, values, used),
        weights=used,
        prices=dict(zip(names, prices[prices > 0].tolist(), strict=True)),
        per=per,
    )


def last_bound(
    most: int, per: int, levels: Sequence[Level], values: Sequence[int], weights: Mapping[str, int]
) -> int:
    """The bound on the last level, from the bound ``most / per`` on all, the earlier ones being as they are."""
    earlier = sum(
        weights.get(level.name, 0) * value for level, value in zip(levels[:-1], values[:-1], strict=True)
    )
    return (most - per * earlier) // (per * weights[levels[-1].name])
