"""From what stands to a placement problem: pure, without names, the same for the same facts.

Nobody is asked about twice and no unit is counted twice: who has an offer stands where they were offered and
stays there; the unit they still live in is not to be let until they have gone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from allocation.problem import Conversion, Gender, Limits, Person, Pool, Problem, Quota, Service
from gateway.allocation_runs.candidates import Candidate
from gateway.allocation_runs.places import Places, UnitThere
from gateway.allocation_runs.scope import Scope
from gateway.directory.tables import ServiceTrait
from gateway.placements.tables import HoldKind
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralTrait

PoolKey = tuple[str, str]
"""A service and a pool of it."""

ASKED_TWICE = "another referral of the same person is in this run"
OFFERED_ELSEWHERE = "has an offer in a service that this run does not look at"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything a run knows, as it stood at one moment.

    unsafe, barred
        Authorities a person is not safe in, and services they are excluded from, by person.
    apart
        Pairs of people who must not be in the same service.
    quotas
        Of the agreements in force on the day.
    outside
        Units held in services the run does not look at, by service and home authority: they count in quotas.
    centroids
        Latitude and longitude of authorities.
    """

    scope: Scope
    places: Places
    candidates: tuple[Candidate, ...]
    unsafe: Mapping[str, frozenset[str]]
    barred: Mapping[str, frozenset[str]]
    apart: frozenset[tuple[str, str]]
    quotas: tuple[Quota, ...]
    outside: Mapping[tuple[str, str | None], int]
    centroids: Mapping[str, tuple[float, float]]

    @cached_property
    def left_out(self) -> Mapping[str, str]:
        """Referrals the problem does not ask about, and why."""
        found = {}
        seen: set[str] = set()
        # Who has a place or an offer stands for the person; else the first in the order of triage.
        for each in sorted(self.candidates, key=lambda each: each.referral not in self.standing):
            if each.person in seen:
                found[each.referral] = ASKED_TWICE
            elif each.status is ReferralStatus.OFFERED and not self._is_offered_here(each.referral):
                found[each.referral] = OFFERED_ELSEWHERE
            seen.add(each.person)
        return found

    @cached_property
    def asked(self) -> tuple[Candidate, ...]:
        """Those the problem asks about, in the order of triage."""
        return tuple(each for each in self.candidates if each.referral not in self.left_out)

    @cached_property
    def pseudonyms(self) -> Mapping[str, str]:
        """The run's own name for each referral: its place in the order of triage, telling nothing else."""
        return {each.referral: f"P{number:06d}" for number, each in enumerate(self.asked, start=1)}

    @cached_property
    def held(self) -> Mapping[str, tuple[UnitThere, ...]]:
        """The units each referral has."""
        found: dict[str, list[UnitThere]] = defaultdict(list)
        for unit in self.places.units:
            if unit.holder is not None:
                found[unit.holder].append(unit)
        return {referral: tuple(units) for referral, units in found.items()}

    @cached_property
    def standing(self) -> Mapping[str, PoolKey]:
        """Where each holder of a unit stands: where they were offered, else where they live."""
        return {referral: _standing(units) for referral, units in self.held.items()}

    def _is_offered_here(self, referral: str) -> bool:
        return any(unit.kind is HoldKind.OFFER for unit in self.held.get(referral, ()))

    @cached_property
    def problem(self) -> Problem:
        """The problem of this snapshot; its options are derived from the attributes by the engine."""
        return Problem(
            people=tuple(map(self._person, self.asked)),
            services=tuple(self._services()),
            quotas=tuple(self._quotas()),
            separations=tuple(self._separations()),
            limits=Limits(moves=self.scope.max_moves, conversions=self.scope.max_conversions),
        )

    @cached_property
    def _scores(self) -> Mapping[int, int]:
        ranks = sorted({each.triage_rank for each in self.asked}, reverse=True)
        return {rank: score for score, rank in enumerate(ranks)}

    def _person(self, each: Candidate) -> Person:
        here = self.standing.get(each.referral)
        unsafe = self.unsafe.get(each.person, frozenset())
        known = self._asked_about
        avoided = self.barred.get(each.person, frozenset()) | each.yes.get(
            ReferralTrait.AVOIDED_SERVICE, frozenset()
        )
        offered = self._is_offered_here(each.referral)
        return Person(
            id=self.pseudonyms[each.referral],
            band=each.band,
            score=self._scores[each.triage_rank],
            authority=each.authority,
            units=each.units,
            tags=each.yes.get(ReferralTrait.RISK, frozenset()),
            gender=each.gender,
            age=each.age_on(self.scope.as_of),
            client_groups=each.yes.get(ReferralTrait.CLIENT_GROUP, frozenset()),
            tier=each.tier,
            access_needs=each.yes.get(ReferralTrait.ACCESS_NEED, frozenset()),
            # Where somebody comes from is told no more nearly than their authority if an area is unsafe.
            home=None if unsafe else self.centroids.get(each.authority or ""),
            avoid_services=avoided & known,
            avoid_areas=unsafe,
            prefers=tuple(wish for wish in each.wishes if wish in known - avoided),
            current_service=here[0] if here else None,
            current_pool=here[1] if here else None,
            must_leave=here is not None
            and not offered
            and (each.must_leave or here[0] in self.places.closing),
            may_move=here is not None and not offered and each.may_move,
        )

    def _services(self) -> Iterator[Service]:
        capacity = self.capacity
        for id, row in sorted(self.places.services.items()):
            conversions = self.places.conversions.get(id, ())
            pools = self._pools[id]
            if not pools:
                continue
            known = row.latitude is not None and row.longitude is not None and not row.confidential
            yield Service(
                id=id,
                pools=tuple(
                    Pool(id=pool, units=capacity.get((id, pool), 0), gender=Gender(pool.partition(":")[0]))
                    for pool in sorted(pools)
                ),
                tier=row.tier,
                authority=row.authority_id,
                location=(row.latitude, row.longitude) if known else None,  # type: ignore[arg-type]  # known says so
                client_groups=self._codes(id, ServiceTrait.CLIENT_GROUP),
                min_age=row.min_age,
                max_age=row.max_age,
                features=self._codes(id, ServiceTrait.FEATURE),
                cannot_manage=self._codes(id, ServiceTrait.CANNOT_MANAGE),
                direct_access=row.direct_access,
                conversions=tuple(
                    Conversion(
                        source=str(each.source),
                        target=str(each.target),
                        max_units=each.max_units,
                        cost=each.cost,
                    )
                    for each in conversions
                ),
            )

    @cached_property
    def _pools(self) -> Mapping[str, frozenset[str]]:
        """The pools of each service: those of its units, and those that units may be re-designated to."""
        found: dict[str, set[str]] = {id: set() for id in self.places.services}
        for service, pool in self.capacity:
            found[service].add(pool)
        for id, conversions in self.places.conversions.items():
            found[id] |= {str(end) for each in conversions for end in (each.source, each.target)}
        return {id: frozenset(pools) for id, pools in found.items()}

    @cached_property
    def _asked_about(self) -> frozenset[str]:
        """The services that the problem has: one without any pool (recorded, and no unit yet) is left out."""
        return frozenset(id for id, pools in self._pools.items() if pools)

    def _codes(self, service: str, trait: ServiceTrait) -> frozenset[str]:
        return self.places.codes.get((service, trait), frozenset())

    @cached_property
    def capacity(self) -> Mapping[PoolKey, int]:
        """Units of each pool that the problem may give: usable ones, and those of who stands there.

        Every pool that somebody stands in is there, if only with no unit.
        """
        count: Counter[PoolKey] = Counter()
        asked = {each.referral: each for each in self.asked}
        for unit in self.places.units:
            key = unit.service, unit.pool
            count[key] += 0
            if unit.service in self.places.closing:
                continue
            if unit.holder is None:
                count[key] += unit.usable
            elif unit.holder in asked and self.standing[unit.holder] == key:
                count[key] += 1
        for referral, key in self.standing.items():
            if referral in asked and key[0] not in self.places.closing:
                # A household counts whole where it stands, in whichever rooms it lives.
                there = [unit for unit in self.held[referral] if (unit.service, unit.pool) == key]
                count[key] += asked[referral].units - len(there)
        return {key: max(units, 0) for key, units in count.items()}

    def _quotas(self) -> Iterator[Quota]:
        known = self._asked_about
        for quota in self.quotas:
            inside = known if quota.services is None else quota.services & known
            if not inside or quota.max_units is None:
                continue
            used = sum(
                units
                for (service, authority), units in self.outside.items()
                if (quota.services is None or service in quota.services)
                and quota.selects(Person(id="outside", authority=authority))
            )
            yield replace(quota, services=inside, max_units=max(quota.max_units - used, 0))

    def _separations(self) -> Iterator[tuple[str, str]]:
        names = {each.person: self.pseudonyms[each.referral] for each in self.asked}
        for one, other in sorted(self.apart):
            if one in names and other in names and one != other:
                yield names[one], names[other]


def _standing(units: Iterable[UnitThere]) -> PoolKey:
    offered = [unit for unit in units if unit.kind is HoldKind.OFFER]
    rooms = Counter((unit.service, unit.pool) for unit in offered or units)
    return min(rooms, key=lambda key: (-rooms[key], key))
