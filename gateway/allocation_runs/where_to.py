"""Where could this person go? Every service for one person, as things stand, outside of any run.

It asks what a run asks (the same rules, the same points) and what an offer is refused for: units that are
free for this person, what an agreement still allows, whom they must not meet.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy import select

from allocation.eligibility import unsuitable
from allocation.preference import lines
from allocation.problem import Gender, Person, Service
from gateway.agreements.forbid import ClauseForbids
from gateway.agreements.holding import by_service, held_in, holdings_from, units_standing
from gateway.agreements.quotas import limits_on
from gateway.allocation_runs.asking import Snapshot
from gateway.allocation_runs.candidates import Candidate
from gateway.allocation_runs.places import UnitThere, holds_after
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.snapshot import snapshot_of
from gateway.directory.tables import UnitGender
from gateway.people.clusters import cluster, these
from gateway.people.safety import kept_apart_from
from gateway.people.tables import PersonRow
from gateway.placements.tables import HoldRow
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Somewhere:
    """One service for one person.

    cost
        Points; ``None``: it is not suitable.
    rules
        Codes of the rules it fails.
    why
        A sentence for each of them, or for each part of the cost.
    points
        What each part of the cost counts, in the order of ``why``; of an unsuitable one none.
    free_units
        Ids of units that could be offered to this person on the day, whether or not something else forbids.
    against
        In sentences, what stands against it now although it suits: no free unit, a full quota, who is there.
    is_capped
        Whether a clause of an agreement is what stands against it, or part of that.
    """

    service: str
    cost: int | None
    rules: tuple[str, ...]
    why: tuple[str, ...]
    points: tuple[int, ...]
    free_units: tuple[str, ...]
    against: tuple[str, ...]
    is_capped: bool = False

    @property
    def place(self) -> tuple[int, int, str]:
        """Where it stands among the others: what can be offered, what suits, what does not; then by cost."""
        group = 2 if self.cost is None else 1 if self.against else 0
        return group, self.cost or 0, self.service


def where_could_they_go(
    work: Work, referral_id: str, scope: Scope, *, within: Collection[str] | None = None
) -> Sequence[Somewhere]:
    """Every service of a scope for one referral, the best first (`Somewhere.place`).

    Parameters
    ----------
    within
        Only services that stand in these authorities; ``None``: wherever they stand.

    Raises
    ------
    NotFound
        If there is no such referral.
    Conflict
        If the person has an offer in a service that is not in the scope.
    """
    work.get(ReferralRow, referral_id)
    seen = snapshot_of(work, scope, referral_id, within=within)
    if referral_id in seen.left_out:
        raise Conflict(f"Referral {referral_id} {seen.left_out[referral_id]}.")
    found = _Somewhere(work, seen)
    return sorted(map(found.at, seen.problem.services), key=lambda each: each.place)


class _Somewhere:
    """What is to be known of one person, once, to judge each service."""

    def __init__(self, work: Work, seen: Snapshot) -> None:
        self.seen = seen
        (self.person,) = seen.problem.people
        (self.candidate,) = seen.asked
        ids = cluster(work, self.candidate.person)
        self.apart = _services_of(work, kept_apart_from(work, self.candidate.person, seen.scope.as_of), seen)
        self.forbidden = _forbidden(work, self.candidate, ids, seen)
        self.free, self.free_for_others = _free_for(work, self.person, seen)

    def at(self, service: Service) -> Somewhere:
        """One service."""
        failing = unsuitable(self.seen.problem, self.person, service)
        free = () if service.id in self.seen.places.closing else tuple(self.free.get(service.id, ()))
        if failing:
            return Somewhere(
                service=service.id,
                cost=None,
                rules=tuple(rule.code for rule in failing),
                why=tuple(rule.sentence for rule in failing),
                points=(),
                free_units=free,
                against=(),
            )
        parts = lines(self.person, service)
        return Somewhere(
            service=service.id,
            cost=sum(part.points for part in parts),
            rules=(),
            why=tuple(part.sentence for part in parts),
            points=tuple(part.points for part in parts),
            free_units=free,
            against=tuple(self._against(service, len(free))),
            is_capped=service.id in self.forbidden,
        )

    def _against(self, service: Service, free: int) -> Iterator[str]:
        if service.id in self.seen.places.closing:
            yield f"{service.id} closes."
            return
        if self.person.current_service == service.id:
            yield "They live there, or it was offered to them, already."
        if free == 0:
            others = ", ".join(self._for_others(service.id))
            yield f"{service.id} has no unit free for this person{f': {others}' if others else ''}."
        elif free < self.person.units:
            yield f"{service.id} has {free} of the {self.person.units} units that this household needs."
        if service.id in self.apart:
            yield f"Somebody this person must be kept apart from is at {service.id}."
        if service.id in self.forbidden:
            yield self.forbidden[service.id]

    def _for_others(self, service: str) -> Iterator[str]:
        """Whom the units are for that are free and not for this person, in words."""
        units = Counter(self.free_for_others.get(service, ()))
        for gender, free in sorted(units.items()):
            yield f"{free} free {'unit is' if free == 1 else 'units are'} {_NOT_FOR_THEM[gender]}"


_NOT_FOR_THEM: Final[Mapping[UnitGender, str]] = MappingProxyType(
    {
        UnitGender.MALE: "for men",
        UnitGender.FEMALE: "for women",
        UnitGender.SAME: "shared by people of one gender",
        UnitGender.ANY: "shared by people of one gender",
    }
)
"""Why a unit that is free is not free for somebody, by whom it is designated for."""


def _services_of(work: Work, people: Collection[str], seen: Snapshot) -> frozenset[str]:
    if not people:
        return frozenset()
    theirs = HoldRow.person_id.in_(these(work, people))
    query = select(HoldRow.service_id).where(theirs, holds_after(seen.scope.as_of)).distinct()
    return frozenset(work.all(query))


def _forbidden(
    work: Work, candidate: Candidate, person_ids: Collection[str], seen: Snapshot
) -> Mapping[str, str]:
    """Services that an agreement would not allow, each with the sentence of the clause."""
    somebody = Person(id="somebody", authority=candidate.authority)
    there = {each.id for each in seen.problem.services}
    limits = [
        each
        for each in limits_on(work, seen.scope.as_of, covering=there)
        if each.quota.selects(somebody) and (each.quota.services or frozenset()) & there
    ]
    quotas = [each.quota for each in limits]
    holdings = holdings_from(work, seen.scope.as_of, quotas, without=person_ids) if limits else ()
    held = by_service(holdings)
    found: dict[str, str] = {}
    for limit in limits:
        services = sorted(limit.quota.services or ())
        stands = units_standing(limit.quota, held_in(limit.quota, held))
        if limit.quota.max_units is not None and stands + candidate.units > limit.quota.max_units:
            forbids = ClauseForbids(limit, stands=stands, asked=candidate.units)
            found |= {id: str(forbids) for id in services if id not in found}
    return found


def _free_for(
    work: Work, person: Person, seen: Snapshot
) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[UnitGender]]]:
    """Units that nobody has, by service: those for this person, and for whom the others are designated."""
    shared = _genders_in_shared_rooms(work, seen)
    found: dict[str, list[str]] = defaultdict(list)
    others: dict[str, list[UnitGender]] = defaultdict(list)
    for unit in seen.places.units:
        if not unit.usable or unit.holder is not None:
            continue
        if _may_have(person, unit, shared):
            found[unit.service].append(unit.id)
        else:
            others[unit.service].append(unit.gender)
    return found, others


def _may_have(
    person: Person, unit: UnitThere, shared: Mapping[tuple[str, str], frozenset[str | None]]
) -> bool:
    if unit.gender in {UnitGender.MALE, UnitGender.FEMALE}:
        return unit.gender.value == person.gender
    mates = shared.get((unit.service, unit.pool), frozenset())
    return not mates or (person.gender is not None and mates == {person.gender})


def _genders_in_shared_rooms(work: Work, seen: Snapshot) -> Mapping[tuple[str, str], frozenset[str | None]]:
    """Of whoever has a unit in a pool that is for one gender at a time."""
    own = {each.referral for each in seen.asked}
    holders = {
        unit.holder: (unit.service, unit.pool)
        for unit in seen.places.units
        if unit.gender.value == Gender.SAME and unit.holder is not None and unit.holder not in own
    }
    if not holders:
        return {}
    query = select(ReferralRow.id, PersonRow.gender).join(PersonRow, PersonRow.id == ReferralRow.person_id)
    found: dict[tuple[str, str], set[str | None]] = defaultdict(set)
    for referral, gender in work.session.execute(query.where(ReferralRow.id.in_(these(work, holders)))):
        found[holders[referral]].add(gender)
    return {key: frozenset(genders) for key, genders in found.items()}
