"""A programme on classes: people who are interchangeable share their columns.

What makes a problem of 10,000 people small: they are counted, not named, until places are found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from allocation.levels import Level
from allocation.problem import Ints
from allocation.rules import Programme
from allocation.seating import seat
from allocation.structure import Classes

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """A level that must not fall below ``value``."""

    level: Level
    value: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A programme on classes.

    Columns: for each class and choice how many take it; each conversion; each sharing; for each group (one
    class, one rank) how many of it are placed. ``rules @ x <= limit`` and, class by class,
    places taken = people placed. Both are kept column by column, in the floating point of the solvers.
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
    def rules(self) -> sparse.csc_array:
        """The rules over these columns."""
        choices, width = len(self.programme.choices), self.programme.width
        columns = np.concatenate([self.people.rows, np.arange(choices, width)])
        groups = sparse.csc_array((len(self.programme.names), len(self.people.group_class)))
        of_columns = sparse.csc_array(self.programme.matrix[:, columns], dtype=np.float64)
        return sparse.csc_array(sparse.hstack([of_columns, groups], format="csc"))

    @cached_property
    def balance(self) -> sparse.csc_array:
        """Per class: places taken less people placed, which must be nothing."""
        rows, groups = len(self.people.rows), len(self.people.group_class)
        row = np.concatenate([self.people.row_class, self.people.group_class])
        column = np.concatenate([np.arange(rows), self.edges[1] + np.arange(groups)])
        data = np.repeat([1.0, -1.0], [rows, groups])
        return sparse.csc_array((data, (row, column)), shape=(len(self.people), self.width))

    @cached_property
    def bounds(self) -> tuple[Floats, Floats]:
        """The least and the most of each column; what could never fit is nothing."""
        least, most = self.open_bounds
        never = np.zeros(self.width, dtype=np.bool_)
        never[: self.edges[0]] = ~self.programme.possible[self.people.rows]
        return least, np.where(never, 0.0, most)

    @cached_property
    def open_bounds(self) -> tuple[Floats, Floats]:
        """The least and the most of each column, whatever the limits of the rules."""
        members = np.diff(self.people.start)[self.people.row_class]
        most = np.concatenate([members, self.programme.upper, self.people.group_size])
        least = np.zeros(self.width)
        least[self.edges[1] :] = np.where(
            self.people.forced[self.people.group_class], self.people.group_size, 0
        )
        return least, most.astype(np.float64)

    def bounds_for(self, level: Level, held: Sequence[Held]) -> tuple[Floats, Floats]:
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
