"""One person's answer in words: where and why there, or why nowhere and what would change that."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

from allocation.choices import Scene
from allocation.plan import Placement, Plan, Unplaced
from allocation.preference import lines
from allocation.problem import Gender, Person, Problem, Quota
from api.design_system.spoken import counted
from api.report.names import FOR_WHOM, Names, pool_of, units_for
from api.report.units import Units
from api.report.unplaced import unlock_words

ALTERNATIVES_SHOWN: Final = 10

_Quotas: TypeAlias = list[tuple[int, str, int]]
"""Position, id, and units left for one person."""


def explanation(problem: Problem, plan: Plan, person: str) -> tuple[str, ...]:
    """Tell the answer of ``plan`` for somebody in ``problem``, a line each.

    Parameters
    ----------
    plan
        Read against ``problem``, so that whatever it names is there.
    """
    there, units = problem.people[problem.person_at[person]], Units.of(problem, plan)
    alone = Scene.of_one(problem, person)
    return tuple(_Telling(problem, plan, there, units=units, alone=alone).lines())


def alternatives(
    problem: Problem, plan: Plan, units: Units, person: str, alone: Scene
) -> tuple["Alternative", ...]:
    """Every other place that suits somebody, the best first, and what ``plan`` leaves of it.

    Parameters
    ----------
    units
        Of the plan.
    alone
        The scene of this one person.
    """
    there = problem.people[problem.person_at[person]]
    return tuple(_Telling(problem, plan, there, units=units, alone=alone).found())


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another place that suits the person: its cost, and what is in the way (``free``: nothing).

    unfit
        Units of the service that are free and not for this person, and for whom they are.
    """

    service: str
    pool: str
    cost: int
    state: str
    unfit: tuple[str, ...] = ()


class _Telling:
    """One person's answer."""

    def __init__(self, problem: Problem, plan: Plan, person: Person, *, units: Units, alone: Scene) -> None:
        self._problem, self._plan, self._person = problem, plan, person
        self._place = next((each for each in plan.placements if each.person == person.id), None)
        self._units, self._alone = units, alone

    def lines(self) -> Iterator[str]:
        person = self._person
        who = f"{person.id}, band {person.band}, score {person.score}"
        if self._place is None:
            yield f"{who}: no place."
            told = [each for each in self._plan.unplaced if each.person == person.id]
            yield from self._why_nowhere(told[0]) if told else ("The plan does not say why.",)
        else:
            yield f"{who}: {self._where(self._place)}."
            yield from self._why_there(self._place)
        yield from self._alternatives()

    # Placed -------------------------------------------------------------------------------------------

    def _where(self, place: Placement) -> str:
        pool = pool_of(self._problem, place.service, place.pool)
        units = units_for(pool, self._units.people[place.person])
        if place.stays:
            return f"stays at {place.service} (pool {place.pool}), {units}"
        origin = f", from {place.origin}" if place.origin is not None else ""
        return f"goes to {place.service} (pool {place.pool}), {units}{origin}"

    def _why_there(self, place: Placement) -> Iterator[str]:
        if place.stays and not self._person.may_move:
            yield "They live there, need not leave, and may not be moved."
        yield f"Cost: {counted(place.cost, 'point')}."
        if self._problem.options is not None:
            yield "  As the problem lists it."
            return
        service = self._problem.services[self._problem.service_at[place.service]]
        told = lines(self._person, service)
        if sum(line.points for line in told) != place.cost:
            yield "  Staying where the rules would not send anybody new costs nothing."
            return
        for line in told:
            yield f"  {line.points:>2}  {line.sentence}"

    # Not placed ---------------------------------------------------------------------------------------

    def _why_nowhere(self, unplaced: Unplaced) -> Iterator[str]:
        in_the_way = [each.text for each in unplaced.reasons if each.code != "unsuitable"]
        if in_the_way:
            yield "In the way at the places that suit them:"
        yield from (f"  {text}" for text in in_the_way)
        yield from self._what_would_help(unplaced)
        unsuitable: dict[str, list[str]] = defaultdict(list)
        for each in unplaced.reasons:
            if each.code == "unsuitable":
                unsuitable[each.service or ""].append(each.text)
        if unsuitable:
            yield "Not suitable:"
        yield from (f"  {' '.join(texts)}" for texts in unsuitable.values())

    def _what_would_help(self, unplaced: Unplaced) -> Iterator[str]:
        if unplaced.unlocks:
            yield "Any one of these would place them, and take no place from the same or a higher priority:"
        for unlock in unplaced.unlocks:
            yield f"  {unlock_words(self._problem, unlock, Names())}"
        if not unplaced.unlocks_complete:
            yield "There may be other such changes: not every one could be tried."
        elif not unplaced.unlocks:
            yield "No single change would place them."

    # Other places -------------------------------------------------------------------------------------

    def _alternatives(self) -> Iterator[str]:
        if self._person.remains and not self._person.may_move:
            return
        found = self.found()
        if not found:
            yield "No other place suits them." if self._place else "No place suits them."
            return
        yield f"{counted(len(found), 'other place suits', 'other places suit')} them, the best first:"
        for each in found[:ALTERNATIVES_SHOWN]:
            yield f"  {each.service} (pool {each.pool}), {counted(each.cost, 'point')}: {each.state}"
        if len(found) > ALTERNATIVES_SHOWN:
            yield f"  and {len(found) - ALTERNATIVES_SHOWN:,} more"

    def found(self) -> list[Alternative]:
        """Every place that suits but their own, the best first."""
        choices, names = self._alone.choices, self._alone.pools.names
        rows = list(
            zip(
                (self._problem.services[at].id for at in choices.service.tolist()),
                (names[at] for at in choices.pool.tolist()),
                choices.units.tolist(),
                choices.cost.tolist(),
                strict=True,
            )
        )
        suits = {(service, pool) for service, pool, _, _ in rows}
        here = None if self._place is None else (self._place.service, self._place.pool)
        found = [
            Alternative(
                service=service,
                pool=pool,
                cost=cost,
                state=self._state(service, pool, units),
                unfit=tuple(self._unfit(service, suits)),
            )
            for service, pool, units, cost in rows
            if (service, pool) != here
        ]
        return sorted(found, key=lambda each: (each.cost, each.service, each.pool))

    def _unfit(self, service: str, suits: Collection[tuple[str, str]]) -> Iterator[str]:
        for pool in self._problem.services[self._problem.service_at[service]].pools:
            free = self._units.pools[service, pool.id].left
            if free and (service, pool.id) not in suits:
                yield f"{counted(free, 'free unit')} {'is' if free == 1 else 'are'} {FOR_WHOM[pool.gender]}"

    def _state(self, service: str, pool: str, units: int) -> str:
        return "; ".join(self._obstacles(service, pool, units)) or "free"

    def _obstacles(self, service: str, pool: str, units: int) -> Iterator[str]:
        use = self._units.pools[service, pool]
        if (use.left or 0) < units:
            held = f"{use.used:,} of {counted(use.most or 0, 'unit')} held"
            needed = f", and this household needs {units:,}" if use.left else ""
            yield f"{held}{needed}" if use.most or use.used else "has no units open"
        for quota, left in self._quotas_at(service):
            if left < units:
                yield f"quota {quota} is full"
        if service in self._apart_at:
            yield "somebody to be kept apart from is there"
        if pool_of(self._problem, service, pool).gender is Gender.SAME and self._others_share(service, pool):
            yield "shared by people of another gender"

    def _quotas_at(self, service: str) -> Iterator[tuple[str, int]]:
        """The quotas that count this person here, in their order, and what each leaves them."""
        everywhere, by_service = self._quotas
        for _, quota, left in heapq.merge(everywhere, by_service.get(service, ())):
            yield quota, left

    @cached_property
    def _quotas(self) -> tuple[_Quotas, Mapping[str, _Quotas]]:
        """The quotas that count this person: those of all services, and those of each."""
        everywhere: _Quotas = []
        by_service: dict[str, _Quotas] = defaultdict(list)
        for at, quota in enumerate(self._problem.quotas):
            left = self._units.quotas[quota.id].left
            if left is None or not quota.selects(self._person):
                continue
            told = at, quota.id, left + self._held_under(quota)
            if quota.services is None:
                everywhere.append(told)
            else:
                for service in quota.services:
                    by_service[service].append(told)
        return everywhere, by_service

    def _held_under(self, quota: Quota) -> int:
        """What the person's own place already takes of a quota, and would give back."""
        inside = self._place is not None and (quota.services is None or self._place.service in quota.services)
        return self._units.people[self._person.id] if inside else 0

    @cached_property
    def _apart_at(self) -> frozenset[str]:
        """Services in which there is somebody from whom this person is to be kept apart."""
        pairs = [pair for pair in self._problem.separations if self._person.id in pair]
        others = {each for pair in pairs for each in pair} - {self._person.id}
        return frozenset(each.service for each in self._plan.placements if each.person in others)

    def _others_share(self, service: str, pool: str) -> bool:
        """Whether somebody else there is of another gender, or one of both is not known."""
        mine, there = self._person.gender, Counter(self._units.genders.get((service, pool), ()))
        if self._place is not None and (self._place.service, self._place.pool) == (service, pool):
            there[mine] -= 1
        return any(people and (mine is None or gender != mine) for gender, people in there.items())
