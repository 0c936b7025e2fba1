"""Every rule that binds, as rows over columns: the problem in algebra, before anybody solves it.

A `Programme` says: choose columns (a place for a person, a unit converted, a gender for a shared pool) so
that each person has at most one place and ``matrix @ column <= limit``. Facts are taken off the limits
first, and choices that facts rule out altogether are *barred*: they never become columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from scipy import sparse

from allocation.choices import Bools, Choices, Scene
from allocation.problem import Gender, Ints, Problem, Quota

Name: TypeAlias = tuple[str, ...]
"""A rule's name: its kind, then the ids that tell it apart, such as ``("pool", "S-02", "f")``."""

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


class Selection:
    """Which rows of some choices a quota counts; people are selected once per distinct selector."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._authority = np.array([person.authority or "" for person in problem.people])
        self._known = np.array([person.authority is not None for person in problem.people], dtype=np.bool_)
        self._masks: dict[object, Bools] = {}

    def people(self, quota: Quota) -> Bools:
        """Per person, whether ``quota`` selects them; the same as `Quota.selects` for each."""
        key = (quota.authorities, quota.not_authorities, quota.tags)
        if key not in self._masks:
            self._masks[key] = self._select(quota)
        return self._masks[key]

    def _select(self, quota: Quota) -> Bools:
        mask = np.ones(len(self._authority), dtype=np.bool_)
        if quota.authorities is not None:
            mask &= self._known & np.isin(self._authority, sorted(quota.authorities))
        if quota.not_authorities is not None:
            mask &= ~(self._known & np.isin(self._authority, sorted(quota.not_authorities)))
        if quota.tags:
            mask &= np.array([quota.tags <= person.tags for person in self._problem.people], dtype=np.bool_)
        return mask

    def rows(self, quota: Quota, choices: Choices, by_service: "ByService") -> Ints:
        """The rows of ``choices`` that count in ``quota``, ascending."""
        selected = self.people(quota)
        if quota.services is None:
            return np.flatnonzero(selected[choices.person])
        rows = by_service.rows([self._problem.service_at[each] for each in quota.services])
        return rows[selected[choices.person[rows]]]


class ByService:
    """The rows of some choices, found by service."""

    def __init__(self, choices: Choices, services: int) -> None:
        self._order = np.argsort(choices.service, kind="stable")
        self._first = np.searchsorted(choices.service[self._order], np.arange(services + 1))

    def rows(self, services: list[int]) -> Ints:
        """All rows at ``services``, ascending."""
        parts = [self._order[self._first[each] : self._first[each + 1]] for each in services]
        return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *parts]))


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
    """The writing of one programme: first what facts bar, then a row for every rule."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.problem, self.pools = scene, scene.problem, scene.pools
        self.selection = Selection(scene.problem)
        self.bars: list[Name] = []
        self.barred_by = np.full(len(scene.choices), -1, dtype=np.int64)
        self.groups = gender_groups(scene.problem)
        self.overfull = self._held(scene.held) > self.pools.units
        self.mixed = self._mixed_pools()
        self.names: list[Name] = []
        self.limits: list[int] = []
        self.rows: list[Ints] = []
        self.columns: list[Ints] = []
        self.coefficients: list[Ints] = []

    def programme(self) -> Programme:
        self._bar_facts()
        choices = self.scene.choices.only(self.barred_by < 0)
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
            bars=tuple(self.bars),
            barred_by=self.barred_by,
            origin=np.arange(width),
        )

    def pool_name(self, kind: str, pool: int, *more: str) -> Name:
        service = self.problem.services[int(self.pools.service[pool])]
        return (kind, service.id, self.pools.names[pool], *more)

    def _held(self, held: Choices) -> Ints:
        units = np.zeros(len(self.pools.units), dtype=np.int64)
        np.add.at(units, held.pool, held.units)
        return units

    # What facts bar -------------------------------------------------------------------------------

    def _bar(self, rows: Ints, name: Name) -> None:
        rows = rows[self.barred_by[rows] < 0]
        if len(rows):
            self.barred_by[rows] = len(self.bars)
            self.bars.append(name)

    def _bar_facts(self) -> None:
        choices = self.scene.choices
        new = np.flatnonzero(~choices.stays)
        by_pool = new[np.argsort(choices.pool[new], kind="stable")]
        first = np.searchsorted(choices.pool[by_pool], np.arange(len(self.pools.units) + 1))
        for pool in np.flatnonzero(self.overfull | self.mixed).tolist():
            kind = "pool" if self.overfull[pool] else "same"
            self._bar(by_pool[first[pool] : first[pool + 1]], self.pool_name(kind, pool))
        for pool, group in self._settled_groups().items():
            rows = by_pool[first[pool] : first[pool + 1]]
            self._bar(rows[self.groups[choices.person[rows]] != group], self.pool_name("same", pool))
        by_service = ByService(choices, len(self.problem.services))
        self._bar_overfull_quotas(by_service)
        self._bar_separations()

    def _mixed_pools(self) -> Bools:
        """Pools of one gender at a time whose occupants who need not leave are already of several."""
        mixed = np.zeros(len(self.pools.units), dtype=np.bool_)
        for pool, groups in self._groups_in(self.scene.held).items():
            mixed[pool] = len(groups) > 1
        return mixed

    def _settled_groups(self) -> dict[int, int]:
        """Pools of one gender at a time where fixed occupants have settled which."""
        groups = self._groups_in(self.scene.facts)
        return {pool: min(found) for pool, found in groups.items() if not self.mixed[pool]}

    def _groups_in(self, held: Choices) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        shared = np.flatnonzero(self.pools.takes(Gender.SAME)[held.pool])
        for row in shared.tolist():
            found.setdefault(int(held.pool[row]), set()).add(int(self.groups[held.person[row]]))
        return found

    def _bar_overfull_quotas(self, by_service: ByService) -> None:
        """Nobody new where those who need not leave already hold more than a quota's max_units."""
        choices, held = self.scene.choices, self.scene.held
        held_by_service = ByService(held, len(self.problem.services))
        for quota in self.problem.quotas:
            inside = self.selection.rows(quota, held, held_by_service)
            if quota.max_units is not None and held.units[inside].sum() > quota.max_units:
                rows = self.selection.rows(quota, choices, by_service)
                counted = np.isin(choices.person[rows], held.person[inside])
                self._bar(rows[~counted], ("quota", quota.id))

    def _bar_separations(self) -> None:
        """Nobody new where somebody they are kept apart from is a fact."""
        choices, occupancy = self.scene.choices, self.scene.occupancy
        for pair in self.problem.separations:
            for one, other in (pair, pair[::-1]):
                at, apart = self.problem.person_at[one], self.problem.person_at[other]
                if occupancy.fixed[apart]:
                    rows = _of_person(choices, at)
                    there = (choices.service[rows] == occupancy.service[apart]) & ~choices.stays[rows]
                    self._bar(rows[there], ("apart", *pair))

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
        taken = self._held(self.scene.facts)
        converts = np.zeros(len(self.pools.units), dtype=np.bool_)
        converts[self.conversions.source] = converts[self.conversions.target] = True
        for pool in np.flatnonzero(~self.overfull & (converts | (first[1:] > first[:-1]))).tolist():
            rows = np.sort(order[first[pool] : first[pool + 1]])
            own = (rows, self.choices.units[rows])
            terms = _sum(own, self._conversion_terms(pool, -1, 1)) if converts[pool] else own
            units = int(self.pools.units[pool])
            yield self.pool_name("pool", pool), units - int(taken[pool]), terms
            if converts[pool]:
                columns, coefficients = self._conversion_terms(pool, 0, 1)
                given = coefficients > 0
                yield self.pool_name("out", pool), units, (columns[given], coefficients[given])

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
        """The conversions that can happen: an over-full pool neither gives units nor takes any."""
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
        kept = [row for row in rows if not (self.overfull[row[0]] or self.overfull[row[1]])]
        had = [int(self.pools.units[row[0]]) for row in kept]
        most = [min(units, units if row[3] is None else row[3]) for units, row in zip(had, kept, strict=True)]
        source, target, cost = (np.array([row[i] for row in kept], dtype=np.int64) for i in range(3))
        return Conversions(source=source, target=target, cost=cost, most=np.array(most, dtype=np.int64))

    def _shared(self) -> Sharing:
        """The (pool, gender group) pairs still open, where more than one group could come to a pool."""
        shared = self.pools.takes(Gender.SAME) & ~self.mixed
        rows = np.flatnonzero(shared[self.choices.pool])
        pairs = np.unique(
            np.stack([self.choices.pool[rows], self.groups[self.choices.person[rows]]], axis=1), axis=0
        )
        contested = np.bincount(pairs[:, 0], minlength=len(self.pools.units)) > 1
        pairs = pairs[contested[pairs[:, 0]]]
        return Sharing(pool=pairs[:, 0], group=pairs[:, 1])

    def _sharing_rules(self) -> Iterator[tuple[Name, int, Terms]]:
        """A group uses a pool only if the pool is that group's, and it is only one group's."""
        offset = len(self.choices) + len(self.conversions)
        for at in range(len(self.sharing)):
            pool, group = int(self.sharing.pool[at]), int(self.sharing.group[at])
            rows = np.flatnonzero((self.choices.pool == pool) & (self.groups[self.choices.person] == group))
            gained = int(self.conversions.most[self.conversions.target == pool].sum())
            most = min(int(self.pools.units[pool]) + gained, int(self.choices.units[rows].sum()))
            own, column = (rows, self.choices.units[rows]), np.array([offset + at])
            yield self.pool_name("same", pool, str(group)), 0, _sum(own, (column, np.array([-most])))
        for pool in np.unique(self.sharing.pool).tolist():
            columns = np.flatnonzero(self.sharing.pool == pool) + offset
            yield self.pool_name("one", pool), 1, (columns, np.ones(len(columns), dtype=np.int64))

    def _separation_rules(self) -> Iterator[tuple[Name, int, Terms]]:
        choices = self.choices
        for pair in self.problem.separations:
            one, other = (_of_person(choices, self.problem.person_at[each]) for each in pair)
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


def _of_person(choices: Choices, person: int) -> Ints:
    """The rows of one person (choices are in the order of people)."""
    first, end = np.searchsorted(choices.person, [person, person + 1]).tolist()
    return np.arange(first, end)


def gender_groups(problem: Problem) -> Ints:
    """Per person, a number for their gender's text; whoever's gender is unknown is a group of their own."""
    numbers: dict[str, int] = {}
    groups = [
        -1 - at if person.gender is None else numbers.setdefault(person.gender, len(numbers))
        for at, person in enumerate(problem.people)
    ]
    return np.array(groups, dtype=np.int64)
