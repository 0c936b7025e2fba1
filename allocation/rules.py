"""Every rule that binds, as rows over columns: the problem in algebra, before anybody solves it.

A `Programme` says: choose columns (a place for a person, a unit converted, a gender for a shared pool) so
that each person has at most one place and ``matrix @ column <= limit``. What facts hold is taken off the
limits first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from scipy import sparse

from allocation.choices import Bools, Choices, Scene
from allocation.facts import ByService, Facts, Name, Selection, held_units, of_person, pool_name
from allocation.problem import Gender, Ints

Terms: TypeAlias = tuple[Ints, Ints]
"""Columns, and the coefficient of each."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conversions:
    """Declared conversions as columns of one length: pool numbers, cost a unit, and the most units."""

    source: Ints
    target: Ints
    cost: Ints
    most: Ints

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sharing:
    """For pools of one gender at a time: one column for each (pool, gender group) that could use it."""

    pool: Ints
    group: Ints

    def __len__(self) -> int:
        return len(self.pool)


@dataclass(frozen=True, kw_only=True, eq=False)
class Programme:
    """Columns and the rules over them.

    choices, conversions, sharing
        What the columns mean, in this order.
    matrix, limit
        ``matrix @ column <= limit``; ``names`` says which rule each row is.
    forced
        Per person of the problem, whether they must have a place (occupants who may move).
    bars, barred_by
        Per choice of the scene, -1 or which of ``bars`` rules it out from the start.
    origin
        Per column, its number in the programme that this one is a part of.
    """

    scene: Scene
    choices: Choices
    conversions: Conversions
    sharing: Sharing
    names: tuple[Name, ...]
    matrix: sparse.csr_array
    limit: Ints
    forced: Bools
    bars: tuple[Name, ...]
    barred_by: Ints
    origin: Ints

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.choices) + len(self.conversions) + len(self.sharing)

    @cached_property
    def upper(self) -> Ints:
        """The most of each conversion and sharing column (choices are bounded by their person)."""
        return np.concatenate([self.conversions.most, np.ones(len(self.sharing), dtype=np.int64)])

    @cached_property
    def possible(self) -> Bools:
        """Per choice, whether it could fit if nobody else had a place: no rule's limit is below its use.

        What conversions could add to a limit counts as added; minimums are no limits.
        """
        choices = len(self.choices)
        most = self.matrix[:, choices:].minimum(0) @ self.upper
        ceiling = np.array([name[0] != "least" for name in self.names], dtype=np.bool_)
        entries = self.matrix[:, :choices].tocoo()
        over = ceiling[entries.row] & (entries.data > (self.limit - most)[entries.row])
        possible = np.ones(choices, dtype=np.bool_)
        possible[entries.col[over]] = False
        return possible

    def used(self, columns: Ints) -> Ints:
        """How much of every rule's limit the ``columns`` values (length `width`) take."""
        return np.asarray(self.matrix @ columns, dtype=np.int64)

    def only(self, columns: Ints, rules: Ints) -> "Programme":
        """The part of this programme with these columns and rules, both ascending."""
        edges = np.cumsum([0, len(self.choices), len(self.conversions), len(self.sharing)])
        own = [columns[(columns >= edges[i]) & (columns < edges[i + 1])] - edges[i] for i in range(3)]
        convs, shares = self.conversions, self.sharing
        return Programme(
            scene=self.scene,
            choices=self.choices.only(own[0]),
            conversions=Conversions(
                source=convs.source[own[1]],
                target=convs.target[own[1]],
                cost=convs.cost[own[1]],
                most=convs.most[own[1]],
            ),
            sharing=Sharing(pool=shares.pool[own[2]], group=shares.group[own[2]]),
            names=tuple(self.names[at] for at in rules.tolist()),
            matrix=self.matrix[rules][:, columns],
            limit=self.limit[rules],
            forced=self.forced,
            bars=self.bars,
            barred_by=self.barred_by,
            origin=self.origin[columns],
        )

    @staticmethod
    def of(scene: Scene) -> "Programme":
        """State ``scene`` as a programme."""
        return _Statement(scene).programme()


class _Statement:
    """The writing of one programme: a row for every rule."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.problem, self.pools = scene, scene.problem, scene.pools
        self.selection = Selection(scene.problem)
        self.facts = Facts(scene, self.selection)
        self.groups = self.facts.groups
        self.names: list[Name] = []
        self.limits: list[int] = []
        self.rows: list[Ints] = []
        self.columns: list[Ints] = []
        self.coefficients: list[Ints] = []

    def programme(self) -> Programme:
        choices = self.scene.choices.only(self.facts.barred_by < 0)
        self.choices, self.by_service = choices, ByService(choices, len(self.problem.services))
        self.conversions = self._declared()
        self.sharing = self._shared()
        for name, limit, (columns, coefficients) in self._rules():
            self.rows.append(np.full(len(columns), len(self.names), dtype=np.int64))
            self.columns.append(columns)
            self.coefficients.append(coefficients)
            self.names.append(name)
            self.limits.append(limit)
        width = len(choices) + len(self.conversions) + len(self.sharing)
        none = [np.empty(0, dtype=np.int64)]
        parts = (np.concatenate(none + each) for each in (self.coefficients, self.rows, self.columns))
        data, row, column = parts
        return Programme(
            scene=self.scene,
            choices=choices,
            conversions=self.conversions,
            sharing=self.sharing,
            names=tuple(self.names),
            matrix=sparse.csr_array((data, (row, column)), shape=(len(self.names), width)),
            limit=np.array(self.limits, dtype=np.int64),
            forced=self.scene.occupancy.movable,
            bars=tuple(self.facts.bars),
            barred_by=self.facts.barred_by,
            origin=np.arange(width),
        )

    # A row for every rule -------------------------------------------------------------------------

    def _rules(self) -> Iterator[tuple[Name, int, Terms]]:
        yield from self._pool_rules()
        yield from self._quota_rules()
        yield from self._sharing_rules()
        yield from self._separation_rules()
        yield from self._limit_rules()

    def _conversion_terms(self, pool: int, into: int, out_of: int) -> Terms:
        """``into`` for each unit converted into the pool, ``out_of`` for each converted out of it."""
        gained = np.flatnonzero(self.conversions.target == pool)
        given = np.flatnonzero(self.conversions.source == pool)
        both = np.concatenate([gained, given]) + len(self.choices)
        return both, np.repeat(np.array([into, out_of]), [len(gained), len(given)])

    def _pool_rules(self) -> Iterator[tuple[Name, int, Terms]]:
        order = np.argsort(self.choices.pool, kind="stable")
        first = np.searchsorted(self.choices.pool[order], np.arange(len(self.pools.units) + 1))
        taken = held_units(self.scene, self.scene.facts)
        converts = np.zeros(len(self.pools.units), dtype=np.bool_)
        converts[self.conversions.source] = converts[self.conversions.target] = True
        for pool in np.flatnonzero(~self.facts.overfull & (converts | (first[1:] > first[:-1]))).tolist():
            rows = np.sort(order[first[pool] : first[pool + 1]])
            own = (rows, self.choices.units[rows])
            terms = _sum(own, self._conversion_terms(pool, -1, 1)) if converts[pool] else own
            units = int(self.pools.units[pool])
            yield pool_name(self.scene, "pool", pool), units - int(taken[pool]), terms
            if converts[pool]:
                columns, coefficients = self._conversion_terms(pool, 0, 1)
                given = coefficients > 0
                yield pool_name(self.scene, "out", pool), units, (columns[given], coefficients[given])

    def _quota_rules(self) -> Iterator[tuple[Name, int, Terms]]:
        held, facts = self.scene.held, self.scene.facts
        held_at = ByService(held, len(self.problem.services))
        facts_at = ByService(facts, len(self.problem.services))
        for quota in self.problem.quotas:
            rows = self.selection.rows(quota, self.choices, self.by_service)
            units = self.choices.units[rows]
            fixed = int(facts.units[self.selection.rows(quota, facts, facts_at)].sum())
            if quota.max_units is not None and len(rows):
                inside = int(held.units[self.selection.rows(quota, held, held_at)].sum())
                yield ("quota", quota.id), max(quota.max_units, inside) - fixed, (rows, units)
            if quota.min_units > fixed:
                yield ("least", quota.id), fixed - quota.min_units, (rows, -units)

    def _declared(self) -> Conversions:
        """The conversions that can happen: an over-full pool neither gives units nor takes any.

        What a pool had at the start is the limit of a rule of its own; here it counts as one more, so that
        whoever asks what one more unit would do need only lift that rule.
        """
        rows = [
            (
                self.pools.number(at, each.source),
                self.pools.number(at, each.target),
                each.cost,
                each.max_units,
            )
            for at, service in enumerate(self.problem.services)
            for each in service.conversions
        ]
        kept = [row for row in rows if not (self.facts.overfull[row[0]] or self.facts.overfull[row[1]])]
        had = [int(self.pools.units[row[0]]) + 1 for row in kept]
        most = [own if row[3] is None else min(own, row[3]) for own, row in zip(had, kept, strict=True)]
        source, target, cost = (np.array([row[i] for row in kept], dtype=np.int64) for i in range(3))
        return Conversions(source=source, target=target, cost=cost, most=np.array(most, dtype=np.int64))

    def _shared(self) -> Sharing:
        """The (pool, gender group) pairs still open, where more than one group could come to a pool."""
        shared = self.pools.takes(Gender.SAME) & ~self.facts.mixed
        rows = np.flatnonzero(shared[self.choices.pool])
        pairs = np.unique(
            np.stack([self.choices.pool[rows], self.groups[self.choices.person[rows]]], axis=1), axis=0
        )
        contested = np.bincount(pairs[:, 0], minlength=len(self.pools.units)) > 1
        pairs = pairs[contested[pairs[:, 0]]]
        return Sharing(pool=pairs[:, 0], group=pairs[:, 1])

    def _sharing_rules(self) -> Iterator[tuple[Name, int, Terms]]:
        """A group uses a pool only if the pool is that group's, and it is only one group's.

        The most that a group could use is one more than there is, should the pool get one more.
        """
        offset = len(self.choices) + len(self.conversions)
        for at in range(len(self.sharing)):
            pool, group = int(self.sharing.pool[at]), int(self.sharing.group[at])
            rows = np.flatnonzero((self.choices.pool == pool) & (self.groups[self.choices.person] == group))
            gained = int(self.conversions.most[self.conversions.target == pool].sum())
            most = min(int(self.pools.units[pool]) + gained + 1, int(self.choices.units[rows].sum()))
            own, column = (rows, self.choices.units[rows]), np.array([offset + at])
            yield pool_name(self.scene, "same", pool, str(group)), 0, _sum(own, (column, np.array([-most])))
        for pool in np.unique(self.sharing.pool).tolist():
            columns = np.flatnonzero(self.sharing.pool == pool) + offset
            yield pool_name(self.scene, "one", pool), 1, (columns, np.ones(len(columns), dtype=np.int64))

    def _separation_rules(self) -> Iterator[tuple[Name, int, Terms]]:
        choices = self.choices
        for pair in self.problem.separations:
            one, other = (of_person(choices, self.problem.person_at[each]) for each in pair)
            for service in np.intersect1d(choices.service[one], choices.service[other]).tolist():
                rows = np.concatenate([rows[choices.service[rows] == service] for rows in (one, other)])
                if not choices.stays[rows].all():
                    name = ("apart", *pair, self.problem.services[service].id)
                    yield name, 1, (np.sort(rows), np.ones(len(rows), dtype=np.int64))

    def _limit_rules(self) -> Iterator[tuple[Name, int, Terms]]:
        limits, moving = self.problem.limits, np.flatnonzero(self.choices.moves)
        if limits.moves is not None and len(moving):
            yield ("moves",), limits.moves, (moving, np.ones(len(moving), dtype=np.int64))
        if limits.conversions is not None and len(self.conversions):
            columns = np.arange(len(self.conversions)) + len(self.choices)
            yield ("conversions",), limits.conversions, (columns, np.ones(len(columns), dtype=np.int64))


def _sum(one: Terms, other: Terms) -> Terms:
    return np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])
