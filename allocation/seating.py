"""From how many of a class take each place to who takes it, always the same way.

Within a class the people of earlier rank are placed first, and the places of least cost go to them.
"""

import numpy as np

from allocation.problem import Ints
from allocation.rules import Programme
from allocation.structure import Classes


def seat(programme: Programme, people: Classes, taken: Ints, others: Ints) -> Ints:
    """One value per column of ``programme``.

    Parameters
    ----------
    taken
        Per row of ``people.rows``, how many of the class take it.
    others
        The values of the columns after the choices; shorter is filled with zeros.
    """
    columns = np.zeros(programme.width, dtype=np.int64)
    columns[len(programme.choices) : len(programme.choices) + len(others)] = others
    order = np.lexsort((programme.choices.cost[people.rows], people.row_class))
    row = np.repeat(order, taken[order])
    of_class = people.row_class[row]
    placed = np.bincount(of_class, minlength=len(people))
    nth = np.arange(len(row)) - (np.cumsum(placed) - placed)[of_class]
    person = people.people[people.start[of_class] + nth]
    first = np.searchsorted(programme.choices.person, person)
    columns[first + people.rows[row] - people.first[of_class]] = 1
    return columns
