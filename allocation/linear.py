"""Levels as a linear model on classes: people who are interchangeable share their columns.

The everyday case, pools of different genders under one authority's quota, is no network, yet its linear
model nearly always comes out whole. Its dual prices then prove each level, evaluated in whole numbers
(`allocation.levels.bound`), so that no rounding of the solver's can make a proof of what is not true.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from allocation.answer import Proof
from allocation.choices import Bools
from allocation.levels import LATER, Level, bound, combined, costs, last_bound
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
        members = np.where(self.programme.possible[self.people.rows], members, 0)
        most = np.concatenate([members, self.programme.upper, self.people.group_size])
        least = np.zeros(self.width)
        least[self.edges[1] :] = np.where(
            self.people.forced[self.people.group_class], self.people.group_size, 0
        )
        return least, most.astype(np.float64)

    def bounds_for(self, level: Level, held: Sequence["Held"]) -> tuple[Floats, Floats]:
        """The bounds when only these levels count: nobody is placed who is worth nothing in any of them.

        They would only take room; unless a quota must be filled, which they might be needed for.
        """
        least, most = self.bounds
        if any(name[0] == "least" for name in self.programme.names):
            return least, most
        counts = sum(abs(self.worth(each)) for each in (level, *(each.level for each in held)))
        idle = (counts == 0) & (least == 0)
        idle[: self.edges[1]] = False
        return least, np.where(idle, 0.0, most)

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
class Held:
    """A level that must not fall below ``value``."""

    level: Level
    value: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxed:
    """The best values without wholeness, and what they prove.

    best
        What they are worth.
    prices, held_prices, class_prices
        Per rule and per level held, what one unit more of it would add; per class, what one place more would.
    losses
        Per column, what it costs at least to move its value by one from where it is.
    """

    values: Floats
    best: float
    prices: Floats
    held_prices: Floats
    class_prices: Floats
    losses: Floats

    @property
    def is_whole(self) -> bool:
        """Whether every value is a whole number."""
        return bool((abs(self.values - np.rint(self.values)) < WHOLE).all())

    def gains(self, model: Model, level: Level) -> Floats:
        """Per column, what it is worth in ``level`` beyond the prices of all it takes."""
        paid = model.rules.T @ self.prices + model.balance.T @ self.class_prices
        return np.asarray(model.worth(level) - paid, dtype=np.float64)

    def frame(self, bounds: tuple[Floats, Floats], least_worth: float) -> tuple[Floats, Floats]:
        """The ``bounds`` of all columns, drawn in to answers worth ``least_worth`` or more.

        Moving a column by one from where it is loses at least its reduced cost; what would lose too much
        cannot move.
        """
        least, most = (each.copy() for each in bounds)
        stuck = self.losses > self.best - least_worth + _CAUTION
        at = np.rint(self.values)
        least[stuck], most[stuck] = at[stuck], at[stuck]
        return least, most


_CAUTION: Final = 1e-4
"""Added to a gap before a column is fixed by it: a thousand times the solver's tolerance."""


class Infeasible(Exception):
    """No answer meets every rule; only a quota's ``min_units`` can cause it."""


def relax(
    model: Model, level: Level, held: Sequence[Held], seconds: float, keep: Bools | None = None
) -> Relaxed | None:
    """Maximise ``level`` without wholeness; ``None`` if that took longer than ``seconds``.

    Parameters
    ----------
    keep
        Per column, whether it may be used (columns that must be are).

    Raises
    ------
    Infeasible
        If nothing meets every rule and holds every level.
    """
    if seconds <= 0:
        return None
    least, most = model.bounds_for(level, held)
    most = most if keep is None else np.where(keep | (least > 0), most, 0.0)
    rules = sparse.vstack([model.rules, -held_rows(model, held)], format="csr")
    limits = np.concatenate([model.programme.limit, [-each.value for each in held]])
    found = optimize.linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrices
        -model.worth(level),
        A_ub=rules.astype(np.float64),
        b_ub=limits.astype(np.float64),
        A_eq=model.balance.astype(np.float64),
        b_eq=np.zeros(len(model.people)),
        bounds=np.stack([least, most], axis=1),
        method="highs",
        options={"time_limit": seconds},
    )
    if found.status == _INFEASIBLE:
        raise Infeasible
    if found.x is None or found.status != 0:
        return None
    prices = np.maximum(-found.ineqlin.marginals, 0.0)
    edge = len(model.programme.names)
    return Relaxed(
        values=found.x,
        best=-found.fun,
        prices=prices[:edge],
        held_prices=prices[edge:],
        class_prices=-found.eqlin.marginals,
        losses=np.maximum(found.lower.marginals, -found.upper.marginals),
    )


def held_rows(model: Model, held: Sequence[Held]) -> sparse.csr_array:
    """What each column is worth in each level held, one row a level."""
    rows = [model.worth(each.level) for each in held]
    return sparse.csr_array(np.stack(rows)) if rows else sparse.csr_array((0, model.width))


_INFEASIBLE: Final = 2


def falling(levels: Sequence[Level]) -> dict[str, int]:
    """Weights of people and score levels under which everybody outweighs all of later rank, one for one.

    A person of band ``b`` and score ``s`` is worth ``base(b) + s``, so worth falls strictly with rank, and
    two people of a band always outweigh one. For people who compete one for one, as nearly always, that
    keeps strict priority; where it does not, the proof of some level fails and integers decide.
    """
    weights: dict[str, int] = {}
    base, top = 1, 0
    for level in reversed([each for each in levels if each.name not in LATER]):
        if level.name.endswith("score"):
            weights[level.name], top = 1, int(level.person.max(initial=0))
        else:
            weights[level.name] = base + top
            base, top = base + 2 * top + 1, 0
    return weights


def objective(programme: Programme, levels: Sequence[Level]) -> dict[str, int]:
    """Weights of all levels in one: priority well above any one person's cost, cost above all moves."""
    moving = 1 + int(programme.choices.moves.sum()) if levels[-1].name == "moved" else 1
    dear = moving * _dear(programme)
    weights = {name: weight * dear for name, weight in falling(levels).items()}
    return weights | {"cost": moving, "moved": 1}


def near_columns(model: Model, relaxed: Relaxed | None) -> Bools:
    """The columns that stay within one dear place of the linear answer to all levels; without one, all."""
    if relaxed is None:
        return np.ones(model.width, dtype=np.bool_)
    near = relaxed.losses <= _dear(model.programme)
    near[model.edges[0] : model.edges[1]] = True
    return near


def _dear(programme: Programme) -> int:
    """Well above what any one place costs."""
    return 3 * (int(programme.choices.cost.max(initial=0)) + 1)


def prove(
    model: Model,
    levels: Sequence[Level],
    values: Sequence[int],
    hint: Relaxed | None,
    near: Bools,
    seconds: float,
) -> Proof:
    """The best proof that prices give that the last of ``levels`` can be worth no more than its value.

    Parameters
    ----------
    values
        What the answer is worth in each of ``levels``; the earlier ones are at their best.
    hint
        The linear answer to all levels in one (`objective`), whose prices serve for cost and moves.
    near
        The columns to look at first; grows, in place, by those that turn out to be needed.
    """
    proof = _free(model, levels, values)
    if proof.holds or hint is None:
        return proof
    if levels[-1].name in LATER:
        weights = objective(model.programme, levels)
        return min(proof, _proof(model, levels, values, weights, _billionths(hint.prices), PER), key=_bound)
    for priced in _rounds(model, levels, near, seconds):
        found = (_people_proof(model, levels, values, priced, per) for per in _DENOMINATORS)
        proof = min(proof, *found, key=_bound)
        if proof.holds:
            break
    return proof


_DENOMINATORS: Final = (1, 2, 6, PER)
"""People are worth whole numbers, and most prices of rules then are, or simple fractions: tried in this order."""

_TIES: Final = 50
"""How many times all costs a place could have a person's least worth outweighs where costs only break ties."""


def _rounds(model: Model, levels: Sequence[Level], near: Bools, seconds: float) -> Iterator[Relaxed]:
    """Yield linear answers to levels of people, over ``near`` columns first, then with those that they miss.

    Costs break ties: without that, the search for an answer among so many as good ones crawls. Prices are per
    unit of the levels alone.
    """
    scale = _TIES * _dear(model.programme)
    weights = {name: weight * scale for name, weight in falling(levels).items()}
    whole = combined(model.programme, levels, weights)
    tied = replace(whole, column=whole.column - costs(model.programme))
    while True:
        found = relax(model, tied, (), seconds, near)
        if found is None:
            return
        yield replace(found, prices=found.prices / scale)
        missed = ~near & (found.gains(model, tied) > _CAUTION)
        if not missed.any():
            return
        near |= missed


def _people_proof(
    model: Model, levels: Sequence[Level], values: Sequence[int], priced: Relaxed, per: int
) -> Proof:
    prices = np.rint(priced.prices * per).astype(np.int64)
    return _proof(model, levels, values, falling(levels), prices, per)


def _billionths(prices: Floats) -> Ints:
    return np.rint(prices * PER).astype(np.int64)


def _bound(proof: Proof) -> int:
    return proof.bound


def prove_held(
    model: Model, levels: Sequence[Level], values: Sequence[int], priced: Relaxed | None
) -> Proof | None:
    """The proof that the last of ``levels`` is at its best, from its linear answer with the others held."""
    if priced is None:
        return None
    shares = np.rint(priced.held_prices * SHARE).astype(np.int64).tolist()
    weights = dict(zip((level.name for level in levels[:-1]), shares, strict=True))
    weights = {name: weight for name, weight in weights.items() if weight} | {levels[-1].name: SHARE}
    prices = np.rint(priced.prices * SHARE * PER).astype(np.int64)
    return _proof(model, levels, values, weights, prices, PER)


SHARE: Final = 10**4
"""The weight of the level in hand where those of the levels held are fractions of it."""


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
