"""Who has no place, why, and what would place them: ids, bands and services, nothing else about anybody."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

from allocation.plan import Unlock, Unplaced
from allocation.problem import Gender, Problem
from api.design_system.spoken import counted
from api.report.evidence import Evidence, priority
from api.report.names import FOR_WHOM, KIND, Names, pool_of
from gateway.agreements.limit_words import listed

CHANGES_SHOWN: Final = 3
"""Changes told for one person; more are counted."""

NEAREST_SHOWN: Final = 2
"""Services told that would suit a person but for one thing."""

MOST_USEFUL: Final = 8
"""Changes that could place somebody, those that could place most people first."""

_UNKNOWN: Final = "_unknown"
"""Ends the code of a rule that turns on a fact nobody has recorded (`allocation.eligibility`)."""

RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "client_group": "meant for other client groups",
        "age": "age limits",
        "access_needs": "access needs not met there",
        "cannot_manage": "a risk that cannot be managed there",
        "avoid_services": "a service to be avoided",
        "avoid_areas": "an area to be avoided",
        "direct_access": "direct access for another authority",
        "gender": "no units for their gender",
        "must_leave": "closing",
        "not_listed": "not listed as suitable",
    }
)
"""What a rule that a service fails means, without saying anything of the person."""

FACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "client_group": "client group",
        "age": "age",
        "gender": "gender",
        "direct_access": "authority",
        "avoid_areas": "the service's authority",
    }
)
"""The fact that a rule turns on, as somebody would be asked for it."""

BENDABLE: Final = frozenset({"client_group", "access_needs", "cannot_manage", "age"})
"""Rules about which a provider can be asked; never those that keep people safe or units single-sex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody without a place.

    standing
        Why they need one.
    changes
        Single changes by which they would have a place, the easiest first; ``more`` of them are not told.
    advice
        What else can be done, or that nothing is known to help.
    scored
        Whether their band is known; if not, they are held at the highest it may be.
    """

    person: str
    band: int
    units: int
    standing: str
    why: str
    changes: tuple[str, ...]
    more: int
    advice: tuple[str, ...]
    scored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One single change, and how many people it could place: one of them, whichever is chosen."""

    words: str
    people: int
    first: str
    first_band: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutPlace:
    """Everybody without a place, highest priority first, and the changes that could place most of them.

    facts
        For each fact not recorded, how many people some service might suit once it is.
    unlockable
        How many people any single change would place.
    """

    people: tuple[Waiting, ...]
    changes: tuple[Change, ...]
    facts: tuple[tuple[str, int], ...]
    unlockable: int

    @staticmethod
    def of(evidence: Evidence) -> "WithoutPlace":
        """Tell who has no place in ``evidence``."""
        found = sorted(evidence.plan.unplaced, key=lambda each: priority(evidence.person(each.person)))
        cases = [_Case(evidence, each) for each in found]
        facts = Counter(fact for case in cases for fact in case.facts)
        return WithoutPlace(
            people=tuple(case.told() for case in cases),
            changes=_most_useful(evidence, found),
            facts=tuple(sorted(facts.items(), key=lambda each: (-each[1], each[0]))),
            unlockable=sum(bool(each.unlocks) for each in found),
        )


def _most_useful(evidence: Evidence, found: Sequence[Unplaced]) -> tuple[Change, ...]:
    people: dict[Unlock, list[str]] = defaultdict(list)
    for each in found:
        for unlock in each.unlocks:
            people[unlock].append(each.person)
    ranked = sorted(people, key=lambda unlock: (-len(people[unlock]), _ease(evidence, unlock)))
    return tuple(
        Change(
            words=unlock_words(evidence.problem, unlock, evidence.names, evidence.closing),
            people=len(people[unlock]),
            first=people[unlock][0],
            first_band=evidence.person(people[unlock][0]).band,
        )
        for unlock in ranked[:MOST_USEFUL]
    )


def _ease(evidence: Evidence, unlock: Unlock) -> tuple[int, int, str]:
    """Sorts changes: a conversion, a wider quota, one more unit, and last keeping a service open."""
    closing = unlock.service in evidence.closing
    kind = ("conversion", "quota", "pool").index(unlock.kind)
    return closing, kind, f"{unlock.quota or ''} {unlock.service or ''} {unlock.pool or unlock.target or ''}"


def unlock_words(problem: Problem, unlock: Unlock, names: Names, closing: Collection[str] = ()) -> str:
    """One change as somebody would ask for it."""
    if unlock.quota is not None:
        quota = next(each for each in problem.quotas if each.id == unlock.quota)
        return f"{counted(unlock.units, 'more place')} under quota {quota.id} ({names.quota(quota)})"
    service = unlock.service or ""
    if unlock.pool is not None:
        gender = pool_of(problem, service, unlock.pool).gender
        if service in closing:
            units = f"{counted(unlock.units, 'unit')} {FOR_WHOM[gender]}"
            return f"Keep {units} open at {names.service(service)}, which is closing"
        return f"{counted(unlock.units, 'more unit')} {FOR_WHOM[gender]} at {names.service(service)}"
    source, target = (
        KIND[pool_of(problem, service, pool or "").gender] for pool in (unlock.source, unlock.target)
    )
    units = counted(unlock.units, "more unit")
    return f"Convert {units} at {names.service(service)} from {source} to {target}"


class _Case:
    """One person without a place."""

    def __init__(self, evidence: Evidence, unplaced: Unplaced) -> None:
        self._evidence, self._unplaced = evidence, unplaced
        self._person = evidence.person(unplaced.person)
        self._failed: dict[str, set[str]] = defaultdict(set)
        for reason in unplaced.reasons:
            if reason.code == "unsuitable" and reason.service in evidence.open_services:
                self._failed[reason.service or ""].add(reason.rule or "")

    def told(self) -> Waiting:
        unlocks = sorted(self._unplaced.unlocks, key=lambda each: _ease(self._evidence, each))
        shown = [
            unlock_words(self._evidence.problem, each, self._evidence.names, self._evidence.closing)
            for each in unlocks[:CHANGES_SHOWN]
        ]
        return Waiting(
            person=self._person.id,
            band=self._person.band,
            units=self._person.units,
            standing="Must leave" if self._person.must_leave else "New referral",
            why=self._why(),
            changes=tuple(shown),
            more=len(unlocks) - len(shown),
            advice=tuple(self._advice()),
            scored=self._person.id not in self._evidence.unscored,
        )

    @cached_property
    def _suited(self) -> int:
        """How many open services suit the person, full or not."""
        scene, person = self._evidence.scene, self._evidence.problem.person_at[self._person.id]
        services = {*scene.choices.service[scene.choices.person == person].tolist()}
        return sum(self._evidence.problem.services[at].id in self._evidence.open_services for at in services)

    def _why(self) -> str:
        if not self._suited:
            return f"No open service suits them. Most often in the way: {self._obstacles()}."
        suits = "1 open service suits" if self._suited == 1 else f"{self._suited} open services suit"
        return f"{suits}, and every way in is closed: {listed(self._closed(), 'and')}."

    def _obstacles(self) -> str:
        rules = Counter(rule for rules in self._failed.values() for rule in rules)
        most = sorted(rules, key=lambda rule: (-rules[rule], rule))[:2]
        told = [f"{_obstacle(rule)} ({counted(rules[rule], 'service')})" for rule in most]
        return listed(told, "and") if told else RULES["not_listed"]

    def _closed(self) -> Iterator[str]:
        codes = {reason.code for reason in self._unplaced.reasons}
        if "outranked" in codes:
            yield "units go to people of the same or higher priority"
        if "capacity" in codes and "outranked" not in codes:
            yield "units are held already"
        quotas = {reason.quota for reason in self._unplaced.reasons if reason.quota is not None}
        if quotas:
            yield "a quota is full" if len(quotas) == 1 else f"{len(quotas)} quotas are full"
        if "same_gender" in codes:
            yield "a shared house is another gender's"
        if "separation" in codes:
            yield "somebody to be kept apart from is there"
        if "limit" in codes:
            yield "no more people may be moved"

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Facts nobody has recorded, of services that fail nothing else."""
        rules = {rule for rules in self._open_to_facts for rule in rules}
        return tuple(sorted({_fact(rule) for rule in rules}))

    @property
    def _open_to_facts(self) -> list[set[str]]:
        return [rules for rules in self._failed.values() if all(rule.endswith(_UNKNOWN) for rule in rules)]

    def _advice(self) -> Iterator[str]:
        if self.facts:
            services = len(self._open_to_facts)
            then = "1 service may then suit" if services == 1 else f"{services} services may then suit"
            yield f"Find out and record: {listed(self.facts, 'and')}. {then}."
        if self._unplaced.unlocks:
            return
        if not self.facts:
            yield (
                "No single change would place them."
                if self._unplaced.unlocks_complete
                else "No single change was found; not every one could be tried."
            )
        if near := self._nearest():
            yield f"Free, but for one thing: {'; '.join(near)}."
        elif not self.facts:
            yield "Look at the case itself, and beyond these services."

    def _nearest(self) -> list[str]:
        """Services with room that fail on one thing about which a provider can be asked."""
        single = {service: min(rules) for service, rules in self._failed.items() if len(rules) == 1}
        near = [
            service for service in sorted(single) if single[service] in BENDABLE and self._has_room(service)
        ]
        names = self._evidence.names
        return [f"{names.service(each)}, {RULES[single[each]]}" for each in near[:NEAREST_SHOWN]]

    def _has_room(self, service: str) -> bool:
        """Whether units are free there in a pool that takes the person's gender; shared houses aside."""
        fitting = {Gender.ANY.value, self._person.gender}
        return any(
            (self._evidence.units.pools[service, pool.id].left or 0) >= self._person.units
            for pool in self._evidence.service(service).pools
            if pool.gender.value in fitting
        )


def _obstacle(rule: str) -> str:
    if rule.endswith(_UNKNOWN):
        return f"{_fact(rule)} not recorded"
    return RULES.get(rule, rule.replace("_", " "))


def _fact(rule: str) -> str:
    code = rule.removesuffix(_UNKNOWN)
    return FACTS.get(code, code.replace("_", " "))
