"""What facts rule out before anybody chooses: over-full pools and quotas, mixed rooms, people kept apart.

Occupants who need not leave are facts. Nobody is evicted to mend what they break, and nobody new is placed
under it; such choices are *barred* and never become columns.
"""

from typing import TypeAlias

import numpy as np

from allocation.choices import Bools, Choices, Scene
from allocation.problem import Gender, Ints, Problem, Quota

Name: TypeAlias = tuple[str, ...]
"""A rule's name: its kind, then the ids that tell it apart, such as ``("pool", "S-02", "f")``."""


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


class Facts:
    """The facts of a scene.

    overfull, mixed
        Per pool, whether those who need not leave hold more than it has, or are already of several genders.
    bars, barred_by
        Per choice of the scene, -1 or which of ``bars`` rules it out.
    """

    def __init__(self, scene: Scene, selection: Selection) -> None:
        self.scene, self.problem, self.pools = scene, scene.problem, scene.pools
        self.selection = selection
        self.groups = gender_groups(scene.problem)
        self.bars: list[Name] = []
        self.barred_by = np.full(len(scene.choices), -1, dtype=np.int64)
        self.overfull = held_units(scene, scene.held) > scene.pools.units
        self.mixed = self._mixed_pools()
        self._bar_facts()

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
            self._bar(by_pool[first[pool] : first[pool + 1]], pool_name(self.scene, kind, pool))
        for pool, group in self._settled_groups().items():
            rows = by_pool[first[pool] : first[pool + 1]]
            self._bar(rows[self.groups[choices.person[rows]] != group], pool_name(self.scene, "same", pool))
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
                    rows = of_person(choices, at)
                    there = (choices.service[rows] == occupancy.service[apart]) & ~choices.stays[rows]
                    self._bar(rows[there], ("apart", *pair))


def held_units(scene: Scene, held: Choices) -> Ints:
    """Units that ``held`` takes of each pool."""
    units = np.zeros(len(scene.pools.units), dtype=np.int64)
    np.add.at(units, held.pool, held.units)
    return units


def pool_name(scene: Scene, kind: str, pool: int, *more: str) -> Name:
    """The name of the rule of this kind about a pool."""
    service = scene.problem.services[int(scene.pools.service[pool])]
    return (kind, service.id, scene.pools.names[pool], *more)


def of_person(choices: Choices, person: int) -> Ints:
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
