"""The levels a plan is judged by, and an exact bound on each that any prices give.

The bound is Lagrange's: charge every column the prices of the rules it uses, let each person take the place
that is then worth most to them, and add what all limits are worth. No plan can be worth more, whatever the
prices; so prices found in floating point prove exactly what they prove when evaluated in whole numbers
(Neumaier, A. and Shcherbina, O. 2004, Safe bounds in linear and mixed-integer programming,
Math. Programming 99: 283-296).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from allocation.problem import Ints
from allocation.rules import Programme
from allocation.structure import ranks

SAFE: Final = 2**62
"""Whole numbers of 64 bits are used while everything stays below this; else Python's, which have no end."""


LATER: Final = ("cost", "moved")
"""The levels after all people are chosen."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Level:
    """Something to maximise, before every later level.

    person
        Per person of the problem: what it is worth that they have a place, whichever.
    column
        Per column of the programme: what that column is worth besides (costs are negative).
    """

    name: str
    person: Ints
    column: Ints

    def worth(self, programme: Programme) -> Ints:
        """What each column of ``programme`` is worth in all."""
        of_person = self.person[programme.choices.person]
        rest = np.zeros(programme.width - len(programme.choices), dtype=self.person.dtype)
        worth: Ints = self.column + np.concatenate([of_person, rest])
        return worth

    def value(self, programme: Programme, columns: Ints) -> int:
        """What the answer ``columns`` is worth."""
        return int(self.worth(programme) @ columns)


def levels_of(programme: Programme) -> tuple[Level, ...]:
    """The levels of ``programme``: per band the people placed and their total score, then cost, then moves.

    Bands whose people are all certain of a place, scores that are all zero and moves that nobody can make
    leave nothing to decide, and no level.
    """
    people = programme.scene.problem.people
    free = [at for at in programme.choices.people.tolist() if not programme.forced[at]]
    found: list[Level] = []
    for band in sorted({people[at].band for at in free}):
        inside = np.zeros(len(people), dtype=np.int64)
        inside[[at for at in free if people[at].band == band]] = 1
        found.append(_of_people(programme, f"band {band} people", inside))
        score = inside * np.array([person.score for person in people], dtype=np.int64)
        if score.any():
            found.append(_of_people(programme, f"band {band} score", score))
    nobody = np.zeros(len(people), dtype=np.int64)
    found.append(Level(name="cost", person=nobody, column=-costs(programme)))
    if programme.choices.moves.any():
        found.append(Level(name="moved", person=nobody, column=-moves(programme)))
    return tuple(found)


def _of_people(programme: Programme, name: str, person: Ints) -> Level:
    return Level(name=name, person=person, column=np.zeros(programme.width, dtype=np.int64))


def costs(programme: Programme) -> Ints:
    """What each column costs: options, and conversions by the unit."""
    sharing = np.zeros(len(programme.sharing), dtype=np.int64)
    return np.concatenate([programme.choices.cost, programme.conversions.cost, sharing])


def moves(programme: Programme) -> Ints:
    """1 for each column that moves an occupant who need not leave."""
    rest = np.zeros(programme.width - len(programme.choices), dtype=np.int64)
    return np.concatenate([programme.choices.moves.astype(np.int64), rest])


def combined(programme: Programme, levels: Sequence[Level], weights: Mapping[str, int]) -> Level:
    """The weighted sum of some levels as one; weights are whole numbers of any size."""
    used = [(level, weights[level.name]) for level in levels if weights.get(level.name, 0)]
    most = sum(abs(weight) * max(1, _largest(level.person), _largest(level.column)) for level, weight in used)
    kind: type = np.int64 if most < SAFE else object
    person: Ints = np.zeros(len(programme.scene.problem.people), dtype=kind)
    column: Ints = np.zeros(programme.width, dtype=kind)
    for level, weight in used:
        person = person + weight * level.person.astype(kind)
        column = column + weight * level.column.astype(kind)
    return Level(name="+".join(weights), person=person, column=column)


def _largest(numbers: Ints) -> int:
    return max(int(numbers.max(initial=0)), -int(numbers.min(initial=0)))


def priority(programme: Programme) -> tuple[Level, int]:
    """All levels of a programme that nests in one, and the weight of one rank in it.

    Placing a person of rank ``r`` (0 first, ``R`` ranks) is worth ``step * (R - r)``, and ``step`` is more
    than all costs and moves together can differ. That such small weights keep strict priority is a property
    of matroids: the sets of people who can be placed together are then independent in a gammoid, and a set
    of greatest weight is the same, rank by rank, for any strictly decreasing weights.

    References
    ----------
    .. [1] Edmonds, J. (1971). Matroids and the greedy algorithm. Math. Programming 1: 127-136.
    .. [2] Perfect, H. (1968). Applications of Menger's graph theorem. J. Math. Anal. Appl. 22: 96-111.
    """
    moved = moves(programme)
    per_cost = 1 + int(moved.any()) * len(programme.choices.people)
    rank = ranks(programme.scene.problem)
    step = 1 + per_cost * (1 + _dearest(programme))
    count = int(rank.max(initial=0)) + 1
    kind: type = np.int64 if step * count < SAFE else object
    worth: Ints = step * (count - rank.astype(kind))
    return Level(name="priority", person=worth, column=-per_cost * costs(programme) - moved), step


def _dearest(programme: Programme) -> int:
    """No plan costs more: everybody at their dearest place, and every conversion made."""
    choices, conversions = programme.choices, programme.conversions
    if len(choices) == 0:
        return 0
    first = np.searchsorted(choices.person, choices.people)
    people = np.maximum.reduceat(choices.cost, first).sum()
    return int(people) + int((conversions.cost * conversions.most).sum())


def bound(programme: Programme, level: Level, prices: Ints, per: int) -> int:
    """No answer to ``programme`` is worth more than this divided by ``per`` in ``level``; exact.

    Parameters
    ----------
    prices
        Per rule, a whole number of ``1 / per``; must not be negative.
    """
    if (prices < 0).any():
        raise ValueError("a price is negative")
    worth = surplus(programme, level, prices, per)
    best = best_of_people(programme, worth)
    other = np.maximum(worth[len(programme.choices) :], 0)
    parts = ((prices, programme.limit), (other, programme.upper), (best, np.ones_like(best)))
    return sum(sum(int(a) * int(b) for a, b in zip(*each, strict=True)) for each in parts)


def last_bound(
    most: int, per: int, levels: Sequence[Level], values: Sequence[int], weights: Mapping[str, int]
) -> int:
    """The bound on the last of ``levels``, from ``most / per`` on all and the values of the earlier ones."""
    earlier = sum(
        weights.get(level.name, 0) * value for level, value in zip(levels[:-1], values[:-1], strict=True)
    )
    return (most - per * earlier) // (per * weights[levels[-1].name])


def surplus(programme: Programme, level: Level, prices: Ints, per: int) -> Ints:
    """What each column is worth after paying the prices of the rules it uses, times ``per``; exact."""
    worth, matrix = level.worth(programme), programme.matrix
    charged = int(prices.max(initial=0)) * int(abs(matrix).sum(axis=0).max(initial=0))
    if worth.dtype == np.int64 and per * (1 + _largest(worth)) + charged < SAFE:
        return per * worth - np.asarray(matrix.T @ prices, dtype=np.int64)
    entries, exact = matrix.tocoo(), per * worth.astype(object)
    np.subtract.at(exact, entries.col, entries.data.astype(object) * prices[entries.row].astype(object))
    return exact


def best_of_people(programme: Programme, worth: Ints) -> Ints:
    """Per person with any choice, the most a place is worth; not below 0 unless they must have one.

    Choices that could not fit even if nobody else had a place are worth nothing to anybody.
    """
    people = programme.choices.people
    if len(people) == 0:
        return np.empty(0, dtype=np.int64)
    first = np.searchsorted(programme.choices.person, people)
    choices = worth[: len(programme.choices)]
    least = min(0, *choices.tolist())
    best = np.maximum.reduceat(np.where(programme.possible, choices, least), first)
    return np.where(programme.forced[people], best, np.maximum(best, 0))
