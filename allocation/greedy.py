"""One person after another, each at the cheapest place still open: not optimal, but always at hand.

It is where a search that ran out of time falls back to, and the peer that our answers are measured against:
first come first served and greedy by priority are both this, in different orders.
"""

from collections.abc import Iterable

import numpy as np

from allocation.problem import Ints
from allocation.rules import Programme


def place_in_order(programme: Programme, order: Iterable[int]) -> Ints:
    """Give each person of ``order`` their cheapest place that breaks no rule; who can stay, stays.

    No unit is converted. Returns one value per column. A quota's ``min_units`` is not looked at.
    """
    turn = _Turn(programme)
    for column in np.flatnonzero(programme.choices.stays).tolist():
        turn.take(column)
    stayed = set(programme.choices.person[programme.choices.stays].tolist())
    for person in order:
        if person not in stayed:
            turn.place(person)
    return turn.columns


class _Turn:
    """What is taken so far."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._matrix = programme.matrix.tocsc()
        self._left = programme.limit.copy()
        self._upper_rules = np.array([name[0] != "least" for name in programme.names], dtype=np.bool_)
        self._first = np.searchsorted(
            programme.choices.person, np.arange(len(programme.scene.problem.people) + 1)
        )
        self._sharing = self._columns_of_sharing()
        self.columns = np.zeros(programme.width, dtype=np.int64)

    def _columns_of_sharing(self) -> dict[int, int]:
        """Per rule that ties choices to a sharing column, that column."""
        offset = len(self._programme.choices) + len(self._programme.conversions)
        entries = self._programme.matrix[:, offset:].tocoo()
        same = [
            (row, column)
            for row, column in zip(entries.row.tolist(), entries.col.tolist(), strict=True)
            if self._programme.names[row][0] == "same"
        ]
        return {row: column + offset for row, column in same}

    def take(self, column: int) -> None:
        """Take a choice that is open."""
        for needed in self._with(column):
            self.columns[needed] = 1
            start, end = self._matrix.indptr[needed], self._matrix.indptr[needed + 1]
            self._left[self._matrix.indices[start:end]] -= self._matrix.data[start:end]

    def place(self, person: int) -> None:
        """Give ``person`` the cheapest open place, if there is one."""
        first, end = self._first[person], self._first[person + 1]
        rows = np.arange(first, end)
        for column in rows[np.argsort(self._programme.choices.cost[first:end], kind="stable")].tolist():
            if self._open(column):
                self.take(column)
                return

    def _with(self, column: int) -> list[int]:
        """The choice, and the sharing columns that it needs and nobody has taken yet."""
        rules = self._matrix.indices[self._matrix.indptr[column] : self._matrix.indptr[column + 1]].tolist()
        sharing = [self._sharing[rule] for rule in rules if rule in self._sharing]
        return [column, *(each for each in sharing if self.columns[each] == 0)]

    def _open(self, column: int) -> bool:
        needed = self._with(column)
        use = np.asarray(self._matrix[:, needed].sum(axis=1)).reshape(-1)
        return bool((use <= self._left)[(use > 0) & self._upper_rules].all())
