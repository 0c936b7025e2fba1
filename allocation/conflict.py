"""When no plan meets every quota's ``min_units``: a smallest set of them that cannot be met together."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np

from allocation import integer
from allocation.levels import combined
from allocation.linear import Infeasible
from allocation.model import Model
from allocation.rules import Programme
from allocation.structure import classes

SETS_TRIED: Final = 300
"""Sets of quotas tried from the smallest up; past that, quotas are left out one by one instead."""


def smallest_conflict(programme: Programme, seconds: float) -> tuple[str, ...]:
    """The ids of a smallest set of quotas whose ``min_units`` conflict, given every other rule.

    Past `SETS_TRIED` sets it is only known that none of those named could be left out.
    """
    rows = [row for row, name in enumerate(programme.names) if name[0] == "least"]
    tried = 0
    for size in range(1, len(rows) + 1):
        for demands in combinations(rows, size):
            if _conflicts(programme, rows, demands, seconds):
                return _ids(programme, demands)
            tried += 1
            if tried == SETS_TRIED:
                return _ids(programme, _thinned(programme, rows, seconds))
    return _ids(programme, rows)


def _thinned(programme: Programme, rows: list[int], seconds: float) -> list[int]:
    kept = list(rows)
    for row in rows:
        fewer = [each for each in kept if each != row]
        if _conflicts(programme, rows, fewer, seconds):
            kept = fewer
    return kept


def _conflicts(programme: Programme, rows: list[int], demands: Sequence[int], seconds: float) -> bool:
    """Whether nothing meets these demands, the other minimums forgotten."""
    forgotten = np.setdiff1d(rows, demands)
    part = programme.only(
        np.arange(programme.width), np.setdiff1d(np.arange(len(programme.names)), forgotten)
    )
    empty = np.diff(part.matrix.indptr) == 0
    if (part.limit[empty] < 0).any():
        return True
    model = Model(programme=part, people=classes(part))
    try:
        integer.best(model, combined(part, (), {}), (), seconds)
    except Infeasible:
        return True
    return False


def _ids(programme: Programme, rows: Sequence[int]) -> tuple[str, ...]:
    return tuple(programme.names[row][1] for row in rows)
