"""The linear model of levels: the best values without wholeness, and the prices that prove them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import optimize, sparse

from allocation.choices import Bools
from allocation.levels import Level
from allocation.model import Floats, Held, Model

WHOLE: Final = 1e-6
"""The solver's own tolerance: values this near a whole number are taken for it, and checked exactly after."""


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
        stuck = self.losses > self.best - least_worth + CAUTION
        at = np.rint(self.values)
        least[stuck], most[stuck] = at[stuck], at[stuck]
        return least, most


CAUTION: Final = 1e-4
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
        If nothing meets every rule and holds every level, with the columns kept.
    """
    if seconds <= 0:
        return None
    least, most = model.bounds_for(level, held)
    most = most if keep is None else np.where(keep | (least > 0), most, 0.0)
    rules = sparse.vstack([model.rules, -held_rows(model, held)], format="csr")
    limits = np.concatenate([model.programme.limit, [-each.value for each in held]])
    worth, scale = tamed(model.worth(level))
    found = optimize.linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrices
        -worth,
        A_ub=rules.astype(np.float64),
        b_ub=limits.astype(np.float64),
        A_eq=model.balance.astype(np.float64),
        b_eq=np.zeros(len(model.people)),
        bounds=np.stack([least, most], axis=1),
        method="highs",
        options={"time_limit": seconds},
    )
    if found.status == INFEASIBLE:
        raise Infeasible
    if found.x is None or found.status != 0:
        return None
    prices = np.maximum(-found.ineqlin.marginals, 0.0) * scale
    edge = len(model.programme.names)
    return Relaxed(
        values=found.x,
        best=-found.fun * scale,
        prices=prices[:edge],
        held_prices=prices[edge:],
        class_prices=-found.eqlin.marginals * scale,
        losses=np.maximum(found.lower.marginals, -found.upper.marginals) * scale,
    )


def tamed(worth: Floats) -> tuple[Floats, float]:
    """``worth`` in numbers the solver can still tell apart, and the factor they were divided by.

    Beyond a thousand billion it wanders for ever. What is lost is lost to the search alone: proofs are exact.
    """
    scale = max(1.0, float(abs(worth).max(initial=0.0)) / MOST_WORTH)
    return worth / scale, scale


MOST_WORTH: Final = 1e12
"""The largest worth of one column that the solver is given."""


def held_rows(model: Model, held: Sequence[Held]) -> sparse.csr_array:
    """What each column is worth in each level held, one row a level."""
    rows = [model.worth(each.level) for each in held]
    return sparse.csr_array(np.stack(rows)) if rows else sparse.csr_array((0, model.width))


INFEASIBLE: Final = 2
"""What SciPy's solvers call it when nothing meets every constraint."""
