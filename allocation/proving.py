"""Proofs of levels by dual prices: from the linear answer to all levels in one, most of them at no cost.

The everyday case, pools of different genders under one authority's quota, is no network, yet its linear
model nearly always comes out whole, and one set of prices serves every level (`_mapped`). Prices are
evaluated in whole numbers (`allocation.levels.bound`), so that no rounding of the solver's can make a proof
of what is not true.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from allocation.answer import Proof
from allocation.choices import Bools
from allocation.levels import LATER, SAFE, Level, bound, combined, costs, last_bound, levels_of
from allocation.linear import CAUTION, WHOLE, Infeasible, Relaxed, relax
from allocation.model import Floats, Model
from allocation.problem import Ints
from allocation.rules import Programme

PER: Final = 10**9
"""Prices are kept in whole billionths: 100,000 roundings still lose less than a thousandth of a point."""


def falling(programme: Programme, levels: Sequence[Level]) -> dict[str, int]:
    """Weights of people and score levels under which everybody outweighs all of later rank.

    A person of band ``b`` and score ``s`` is worth ``base(b) + s``, so worth falls strictly with rank, and
    two people of a band always outweigh one. For people who compete one for one, as nearly always, that
    keeps strict priority. Where a case takes several units, one outweighs as many of the next band (`_heft`).
    Where neither keeps it, the proof of some level fails and integers decide.
    """
    heft = _heft(programme)
    weights: dict[str, int] = {}
    base, top = 1, 0
    for level in reversed([each for each in levels if each.name not in LATER]):
        if level.name.endswith("score"):
            weights[level.name], top = 1, int(level.person.max(initial=0))
        else:
            weights[level.name] = base + top
            base, top = heft * (base + 2 * top + 1), 0
    return weights


def _heft(programme: Programme) -> int:
    """How many people of the next band one person outweighs: those a large case could take the units of.

    Less where there are so many bands that numbers would grow out of hand.
    """
    people, units = programme.scene.problem.people, programme.choices.units[programme.possible]
    bands = len({people[at].band for at in programme.choices.people.tolist()})
    return max(1, min(int(units.max(initial=1)), int(_MOST_HEFT ** (1 / max(1, bands)))))


_MOST_HEFT: Final = 10_000
"""What one person of the first band may weigh in people of the last, before scores."""


def objective(programme: Programme, levels: Sequence[Level]) -> dict[str, int]:
    """Weights of all levels in one: priority well above any one person's cost, cost above all moves."""
    point = _point(programme)
    weights = {name: weight * point for name, weight in falling(programme, levels).items()}
    return weights | {"cost": 1 + _most_moved(programme), "moved": 1}


def _point(programme: Programme) -> int:
    """What one point of a score weighs in the objective, where an occupant who moves weighs 1."""
    return _dear(programme) * (1 + _most_moved(programme))


def _most_moved(programme: Programme) -> int:
    """No answer moves more occupants."""
    movers = len(np.unique(programme.choices.person[programme.choices.moves]))
    limit = programme.scene.problem.limits.moves
    return movers if limit is None else min(movers, limit)


def near_columns(model: Model, relaxed: Relaxed | None) -> Bools:
    """The columns that stay within one dear place of the linear answer to all levels; without one, all."""
    if relaxed is None:
        return np.ones(model.width, dtype=np.bool_)
    near = abs(relaxed.gains) <= _dear(model.programme)
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
        The linear answer to all levels in one (`objective`).
    near
        The columns to look at first; grows, in place, by those that turn out to be needed.
    """
    proof = _free(model, levels, values)
    if proof.holds or hint is None:
        return proof
    if levels[-1].name in LATER:
        weights = objective(model.programme, levels)
        later = _proofs(model, levels, values, weights, hint.prices, (PER,))
        return min((proof, *later), key=_bound)
    for found in _people_proofs(model, levels, values, hint, near, seconds):
        proof = min(proof, found, key=_bound)
        if proof.holds:
            break
    return proof


def refuted(model: Model, levels: Sequence[Level], values: Sequence[int], point: Floats) -> bool:
    """Whether no prices can prove that the last of ``levels`` is at its best.

    An answer in fractions is bound by prices like any other: if ``point`` keeps the earlier levels and beats
    the last by one, only wholeness forbids as much.
    """
    beaten = _beaten(model, levels, values, point)
    return bool((beaten[:-1] > -WHOLE).all() and beaten[-1] > 1 - WHOLE)


def _beaten(model: Model, levels: Sequence[Level], values: Sequence[int], point: Floats) -> Floats:
    """Per level, by how much ``point`` is worth more than its value."""
    worth = np.array([model.worth(level) @ point for level in levels])
    return worth - np.array(values, dtype=np.float64)


def _people_proofs(
    model: Model,
    levels: Sequence[Level],
    values: Sequence[int],
    hint: Relaxed,
    near: Bools,
    seconds: float,
) -> Iterator[Proof]:
    """Yield proofs for a level of people: the hint's prices mapped, then those of its own linear answers.

    Where the hint gives up some of one level for another in fractions, weights prove little: better is the
    linear answer with the earlier levels held, which is not for here.
    """
    weights = falling(model.programme, levels)
    yield from _proofs(model, levels, values, weights, _mapped(model, levels, hint), (1,))
    beaten = _beaten(model, levels, values, hint.values)
    if (abs(beaten[:-1]) > WHOLE).any() or beaten[-1] > 1 - WHOLE:
        return
    for priced in _rounds(model, levels, near, seconds):
        yield from _proofs(model, levels, values, weights, priced.prices, _DENOMINATORS)


def _proofs(
    model: Model,
    levels: Sequence[Level],
    values: Sequence[int],
    weights: Mapping[str, int],
    prices: Floats,
    denominators: Sequence[int],
) -> Iterator[Proof]:
    """Yield a proof for each unit the prices may be rounded to; none where they are too large for one."""
    for per in denominators:
        whole = np.rint(prices * per)
        if (whole < SAFE).all():
            yield _proof(model, levels, values, weights, whole.astype(np.int64), per)


_DENOMINATORS: Final = (1, 2, 6, PER)
"""People are worth whole numbers, and so are most prices, or simple fractions: tried in this order."""

_TIES: Final = 50
"""How many times all that a place could cost outweighs the costs, where they only break ties."""


def _mapped(model: Model, levels: Sequence[Level], hint: Relaxed) -> Floats:
    """The prices of all levels in one, each mapped to what they are worth among ``levels`` alone.

    Along each choice from the pool to the widest quota, prices add up to the worth of somebody who would be
    next to pay. Among fewer levels that person is worth less, or nothing, and the rules together are priced
    so much less; each keeps its share of the way up. In a network that is exact, cut by cut; where rules
    cross it is a good guess, which the exact bound then judges.
    """
    programme = model.programme
    paid = np.minimum(np.rint(hint.prices / _point(programme)), SAFE / len(programme.names)).astype(np.int64)
    worth = _worth_among(programme, levels)
    entries = programme.matrix[:, model.people.rows].tocoo()
    outward = np.lexsort((_width(programme)[entries.row], entries.col))
    row, column = entries.row[outward], entries.col[outward].astype(np.int64)
    after = _running(paid[row], column)
    prices = np.zeros(len(paid))
    np.maximum.at(prices, row, (worth(after) - worth(after - paid[row])).astype(np.float64))
    return prices


def _worth_among(programme: Programme, levels: Sequence[Level]) -> Callable[[Ints], Ints]:
    """From what somebody is worth in all levels to what the same person is worth in ``levels``.

    Between two people's worth it is the second's; nothing stays nothing.
    """
    everybody, all_levels = programme.choices.people, levels_of(programme)
    full = combined(programme, all_levels, falling(programme, all_levels)).person[everybody]
    fewer = combined(programme, levels, falling(programme, levels)).person[everybody]
    order = np.argsort(full, kind="stable")
    steps, mapped = full[order], np.append(fewer[order], fewer.max(initial=0))
    return lambda paid: np.where(paid <= 0, 0, mapped[np.searchsorted(steps, paid, side="left")])


def _width(programme: Programme) -> Ints:
    """Per rule, how far out it stands: pools first, then the quotas that count ever more choices."""
    pools = np.array([name[0] == "pool" for name in programme.names], dtype=np.bool_)
    return np.where(pools, -1, np.diff(programme.matrix.indptr))


def _running(values: Ints, column: Ints) -> Ints:
    """Running sums of ``values``, from anew with every column (equal columns stand together)."""
    total = np.cumsum(values)
    first = np.flatnonzero(np.diff(column, prepend=-1))
    before = np.repeat((total - values)[first], np.diff(np.append(first, len(column))))
    return np.asarray(total - before, dtype=np.int64)


def _rounds(model: Model, levels: Sequence[Level], near: Bools, seconds: float) -> Iterator[Relaxed]:
    """Yield linear answers to levels of people, over ``near`` columns first, then with those that they miss.

    Costs break ties: without that, the search for an answer among so many as good ones crawls. Prices are per
    unit of the levels alone.
    """
    scale = _TIES * _dear(model.programme)
    weights = {name: weight * scale for name, weight in falling(model.programme, levels).items()}
    whole = combined(model.programme, levels, weights)
    tied = replace(whole, column=whole.column - costs(model.programme))
    while True:
        try:
            found = relax(model, tied, (), seconds, near)
        except Infeasible:
            if near.all():
                raise
            near[:] = True  # some quota must be filled by those left out
            continue
        if found is None:
            return
        yield replace(found, prices=found.prices / scale)
        missed = ~near & (found.gains > CAUTION)
        if not missed.any():
            return
        near |= missed


def _bound(proof: Proof) -> int:
    return proof.bound


def prove_held(
    model: Model, levels: Sequence[Level], values: Sequence[int], priced: Relaxed | None
) -> Proof | None:
    """The proof that the last of ``levels`` is at its best, from its linear answer with the others held."""
    if priced is None:
        return None
    shares = [round(price * SHARE) for price in priced.held_prices.tolist()]
    weights = dict(zip((level.name for level in levels[:-1]), shares, strict=True))
    weights = {name: weight for name, weight in weights.items() if weight} | {levels[-1].name: SHARE}
    return next(_proofs(model, levels, values, weights, priced.prices * SHARE, (PER,)), None)


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
