"""The linear model of levels: the best values without wholeness, and the prices that prove them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import optimize, sparse

from allocation.choices import Bools
from allocation.levels import Level
from allocation.model import Floats, Held, Model
from allocation.problem import Ints

WHOLE: Final = 1e-6
"""The solver's own tolerance: values this near a whole number are taken for it, and checked exactly after."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """What every answer of some worth keeps within.

    least, most
        The bounds of each column.
    used
        The least that is used of each row (`stacked`); rows after its end are not known.
    """

    least: Floats
    most: Floats
    used: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxed:
    """The best values without wholeness, and what their prices prove.

    limits
        Of the rules, then of the levels held (`stacked`).
    least, most
        The bounds of each column.
    prices, held_prices, class_prices
        Per rule and per level held, what one unit more of it would add; per class, what one place more would.
    gains
        Per column, what it is worth beyond the prices of all it takes.
    """

    values: Floats
    limits: Floats
    least: Floats
    most: Floats
    prices: Floats
    held_prices: Floats
    class_prices: Floats
    gains: Floats

    @property
    def is_whole(self) -> bool:
        """Whether every value is a whole number."""
        return bool((abs(self.values - np.rint(self.values)) < WHOLE).all())

    @property
    def best(self) -> float:
        """What no answer is worth more than, by these prices and whatever the solver thought of them."""
        of_columns = np.maximum(self.gains * self.least, self.gains * self.most).sum()
        return float(self._row_prices @ self.limits + of_columns)

    @property
    def _row_prices(self) -> Floats:
        return np.concatenate([self.prices, self.held_prices])

    def frame(self, least_worth: float) -> Frame:
        """What all answers worth ``least_worth`` or more keep within.

        Every answer is worth the best, less the price of all that it leaves of each row, less the gains of
        its columns away from where they gain most. What would lose more than the gap is out of the question
        (reduced-cost fixing; Dantzig, Fulkerson and Johnson 1954, Solution of a large-scale
        traveling-salesman problem, J. Oper. Res. Soc. America 2: 393-410).
        """
        gap = self.best - least_worth + CAUTION * (1.0 + abs(self.best) / _LARGE)
        room = _room(gap, abs(self.gains))
        return Frame(
            least=np.where(self.gains > 0, np.maximum(self.least, self.most - room), self.least),
            most=np.where(self.gains < 0, np.minimum(self.most, self.least + room), self.most),
            used=self.limits - _room(gap, self._row_prices),
        )


def _room(gap: float, price: Floats) -> Floats:
    """How many units of each price a gap pays for."""
    dear = price > WHOLE
    room: Floats = np.floor(gap / np.where(dear, price, 1.0))
    return np.where(dear, room, np.inf)


CAUTION: Final = 1e-4
"""Added to a gap before anything is fixed by it: a hundred times the solver's tolerance."""

_LARGE: Final = 1e8
"""From about here on floating point rounds more than that, and caution grows with the numbers."""


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
    open_to = most if keep is None else np.where(keep | (least > 0), most, 0.0)
    used = usable(open_to)
    rows, limits = stacked(model, held)
    worth = model.worth(level)
    tame, scale = tamed(worth)
    found = optimize.linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrices
        -tame[used],
        A_ub=rows[:, used],
        b_ub=limits,
        A_eq=model.balance[:, used],
        b_eq=np.zeros(len(model.people)),
        bounds=np.stack([least[used], open_to[used]], axis=1),
        method="highs",
        options={"time_limit": seconds},
    )
    if found.status == INFEASIBLE:
        raise Infeasible
    if found.x is None or found.status != OPTIMAL:
        return None
    prices = np.maximum(-found.ineqlin.marginals, 0.0) * scale
    class_prices = -found.eqlin.marginals * scale
    values = np.zeros(model.width)
    values[used] = found.x
    edge = len(model.programme.names)
    return Relaxed(
        values=values,
        limits=limits,
        least=least,
        most=most,
        prices=prices[:edge],
        held_prices=prices[edge:],
        class_prices=class_prices,
        gains=worth - rows.T @ prices - model.balance.T @ class_prices,
    )


def usable(most: Floats) -> Ints:
    """The columns that can be used at all; never none, since solvers want one."""
    return np.union1d(np.flatnonzero(most), [0])


def tamed(worth: Floats) -> tuple[Floats, float]:
    """``worth`` in numbers the solver can still tell apart, and the factor they were divided by.

    Beyond a thousand billion it wanders for ever. What is lost is lost to the search alone: proofs are exact.
    """
    scale = max(1.0, float(abs(worth).max(initial=0.0)) / MOST_WORTH)
    return worth / scale, scale


MOST_WORTH: Final = 1e12
"""The largest worth of one column that the solver is given."""


def stacked(model: Model, held: Sequence[Held]) -> tuple[sparse.csc_array, Floats]:
    """The rules, then each level held turned round, as rows with their limits."""
    limits = np.concatenate([model.programme.limit, [-each.value for each in held]])
    if not held:
        return model.rules, limits.astype(np.float64)
    worths = sparse.csc_array(np.stack([-model.worth(each.level) for each in held]))
    return sparse.vstack([model.rules, worths], format="csc"), limits.astype(np.float64)


OPTIMAL: Final = 0
INFEASIBLE: Final = 2
"""What SciPy's solvers call it when they are done, and when nothing meets every constraint."""
