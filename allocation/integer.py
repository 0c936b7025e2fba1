"""Exact solution of what does not come out whole: branching in whole numbers, level by level.

Needed where households take several units, units depend on the place, rules cross badly, people are kept
apart, pools hold one gender at a time, or limits bind. Each level is solved with the levels before it held at
their best; the solver's bound is kept as the proof.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import optimize

from allocation.levels import Level
from allocation.linear import INFEASIBLE, Infeasible, Relaxed, held_rows, tamed
from allocation.model import Floats, Held, Model
from allocation.problem import Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Branched:
    """The best answer found (``None``: none in time) and what no answer can exceed."""

    columns: Ints | None
    bound: int | None


_TOLERANCE: Final = 1e-6


def best(
    model: Model,
    level: Level,
    held: Sequence[Held],
    seconds: float,
    frame: tuple[Floats, Floats] | None = None,
) -> Branched:
    """Maximise ``level`` in whole numbers, no level of ``held`` below its value.

    Parameters
    ----------
    frame
        Tighter bounds of the columns than the model's own, where they are known.

    Raises
    ------
    Infeasible
        If nothing meets every rule and holds every level.
    """
    if seconds <= 0:
        return Branched(columns=None, bound=None)
    constraints = [
        optimize.LinearConstraint(model.rules, ub=model.programme.limit),
        optimize.LinearConstraint(model.balance, lb=0, ub=0),
    ]
    if held:
        values = np.array([each.value for each in held], dtype=np.float64)
        constraints.append(optimize.LinearConstraint(held_rows(model, held), lb=values))
    worth, scale = tamed(model.worth(level))
    found = optimize.milp(
        -worth,
        integrality=np.ones(model.width, dtype=np.int64),
        bounds=optimize.Bounds(*(frame or model.bounds_for(level, held))),
        constraints=constraints,
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if found.status == INFEASIBLE:
        raise Infeasible
    columns = None if found.x is None else model.columns(found.x)
    return Branched(columns=columns, bound=_whole_bound(found.mip_dual_bound) if scale == 1.0 else None)


def better(
    model: Model, level: Level, held: Sequence[Held], value: int, priced: Relaxed | None, seconds: float
) -> Branched:
    """Search only for answers worth more than ``value`` in ``level``; if there is none, it is the best."""
    floor = Held(level=level, value=value + 1)
    try:
        bounds = model.bounds_for(level, held)
        frame = bounds if priced is None else priced.frame(bounds, value + 1)
        return best(model, level, [*held, floor], seconds, frame)
    except Infeasible:
        return Branched(columns=None, bound=value)


def _whole_bound(dual: float | None) -> int | None:
    """The solver minimises the negative: its dual bound, turned round, down to a whole number."""
    if dual is None or not math.isfinite(dual):
        return None
    return math.floor(-dual + _TOLERANCE * max(1.0, abs(dual)))
