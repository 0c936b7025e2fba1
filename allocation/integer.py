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
from scipy import optimize, sparse

from allocation.levels import Level
from allocation.linear import Infeasible, Model
from allocation.problem import Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Branched:
    """The best answer found (``None``: none in time) and what no answer can exceed."""

    columns: Ints | None
    bound: int | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """A level that must not fall below ``value``."""

    level: Level
    value: int


_TOLERANCE: Final = 1e-6
_INFEASIBLE: Final = 2


def best(model: Model, level: Level, held: Sequence[Held], seconds: float) -> Branched:
    """Maximise ``level`` in whole numbers, no level of ``held`` below its value.

    Raises
    ------
    Infeasible
        If nothing meets every rule.
    """
    if seconds <= 0:
        return Branched(columns=None, bound=None)
    constraints = [
        optimize.LinearConstraint(model.rules, ub=model.programme.limit),
        optimize.LinearConstraint(model.balance, lb=0, ub=0),
    ]
    if held:
        rows = sparse.csr_array(np.stack([model.worth(each.level) for each in held]))
        values = np.array([each.value for each in held], dtype=np.float64)
        constraints.append(optimize.LinearConstraint(rows, lb=values))
    found = optimize.milp(
        -model.worth(level),
        integrality=np.ones(model.width, dtype=np.int64),
        bounds=optimize.Bounds(*model.bounds),
        constraints=constraints,
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if found.status == _INFEASIBLE:
        raise Infeasible
    columns = None if found.x is None else model.columns(found.x)
    return Branched(columns=columns, bound=_whole_bound(found.mip_dual_bound))


def _whole_bound(dual: float | None) -> int | None:
    """The solver minimises the negative: its dual bound, turned round, down to a whole number."""
    if dual is None or not math.isfinite(dual):
        return None
    return math.floor(-dual + _TOLERANCE * max(1.0, abs(dual)))
