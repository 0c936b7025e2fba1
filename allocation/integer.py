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
from allocation.linear import INFEASIBLE, OPTIMAL, Frame, Infeasible, Relaxed, stacked, tamed, usable
from allocation.model import Floats, Held, Model
from allocation.problem import Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Branched:
    """The best answer found (``None``: none in time) and what no answer can exceed.

    is_best
        Whether the solver says that none of those looked at is better.
    """

    columns: Ints | None
    bound: int | None
    is_best: bool


_TOLERANCE: Final = 1e-6

_TELLING: Final = 1e9
"""Worths below this the solver tells apart to the last one."""


def best(
    model: Model, level: Level, held: Sequence[Held], seconds: float, frame: Frame | None = None
) -> Branched:
    """Maximise ``level`` in whole numbers, no level of ``held`` below its value.

    Parameters
    ----------
    frame
        What the answers looked for keep within, where it is known.

    Raises
    ------
    Infeasible
        If nothing meets every rule, holds every level and keeps within the frame.
    """
    if seconds <= 0:
        return Branched(columns=None, bound=None, is_best=False)
    frame = frame or _open(model, level, held)
    free, worth = frame.least < frame.most, model.worth(level)
    small, scale = tamed(np.where(free, worth, 0.0))
    values, found = _solved(model, small, held, seconds, frame, whole=True)
    settled = float(worth[~free] @ frame.least[~free])
    return Branched(
        columns=None if values is None else model.columns(values),
        bound=_whole_bound(found.mip_dual_bound, settled) if scale == 1.0 else None,
        is_best=found.status == OPTIMAL and bool((abs(small) < _TELLING).all()),
    )


def in_fractions(
    model: Model, level: Level, held: Sequence[Held], seconds: float, frame: Frame
) -> Floats | None:
    """The values that are worth most in ``level`` within the frame, without wholeness, if found in time.

    Raises
    ------
    Infeasible
        If nothing meets every rule, holds every level and keeps within the frame.
    """
    worth, _ = tamed(model.worth(level))
    return None if seconds <= 0 else _solved(model, worth, held, seconds, frame, whole=False)[0]


def _solved(
    model: Model, worth: Floats, held: Sequence[Held], seconds: float, frame: Frame, *, whole: bool
) -> tuple[Floats | None, optimize.OptimizeResult]:
    rows, limits = stacked(model, held)
    used = np.append(frame.used, np.full(len(limits) - len(frame.used), -np.inf))
    if (frame.least > frame.most).any() or (used > limits).any():
        raise Infeasible
    columns = usable(frame.most)
    found = optimize.milp(
        -worth[columns],
        integrality=np.full(len(columns), int(whole)),
        bounds=optimize.Bounds(frame.least[columns], frame.most[columns]),
        constraints=(
            optimize.LinearConstraint(rows[:, columns], lb=used, ub=limits),
            optimize.LinearConstraint(model.balance[:, columns], lb=0, ub=0),
        ),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if found.status == INFEASIBLE:
        raise Infeasible
    if found.x is None:
        return None, found
    values = np.zeros(model.width)
    values[columns] = found.x
    return values, found


def _open(model: Model, level: Level, held: Sequence[Held]) -> Frame:
    """The frame that keeps every answer in."""
    least, most = model.bounds_for(level, held)
    return Frame(least=least, most=most, used=np.empty(0))


def better(
    model: Model, level: Level, held: Sequence[Held], value: int, priced: Relaxed | None, seconds: float
) -> Branched:
    """Search only for answers worth more than ``value`` in ``level``; if there is none, it is the best.

    Parameters
    ----------
    priced
        The linear answer to ``level`` with ``held``.
    """
    above = [*held, Held(level=level, value=value + 1)]
    try:
        return best(model, level, above, seconds, None if priced is None else priced.frame(value + 1))
    except Infeasible:
        return Branched(columns=None, bound=value, is_best=False)


def _whole_bound(dual: float | None, settled: float) -> int | None:
    """The solver minimises the negative: its dual bound, turned round, down to a whole number."""
    if dual is None or not math.isfinite(dual):
        return None
    return math.floor(settled - dual + _TOLERANCE * max(1.0, abs(dual)))
