"""The emergency in a store, as it stands on the morning of the day: who lives where, and who waits.

Everything goes through the use cases, as it would have over the months before: people are entered and
referred, looked at, scored, put on the list; those who live somewhere were offered it, accepted and moved in.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random

from gateway.assessment.adopting import adopt_scheme
from gateway.assessment.overriding import override_band
from gateway.assessment.referral import Referral
from gateway.assessment.scheme import shipped_document
from gateway.assessment.scoring import score_referral
from gateway.people.details import PersonDetails
from gateway.people.enter_person import enter_person
from gateway.people.keep_safe import keep_apart, set_safety_area
from gateway.people.record_consent import give_consent
from gateway.people.tables import SafetyReason
from gateway.placements.answering import accept_offer
from gateway.placements.moving_in import move_in
from gateway.placements.offering import make_offer
from gateway.records.actor import Actor
from gateway.referrals.details import Known, ReferralDetails
from gateway.referrals.entering import refer
from gateway.referrals.triaging import put_on_list, take_in
from gateway.stay import Stay
from gateway.storage.store import Store
from gateway.storage.work import Work
from scenarios.agreements_in_store import agreements_in_store
from scenarios.emergency import SCHEME, Emergency
from scenarios.large_names import forename, surname
from scenarios.region_in_store import RegionInStore, load_region

OPENED_BEFORE = timedelta(days=5 * 365)
"""How long before the day the services opened that do not start on it."""

SETTLED_BEFORE = timedelta(days=200)
"""How long before the day those moved in who must leave: ours, less than the median stay of 247 days."""

TERM = timedelta(days=3 * 365)
"""How long agreements run: three years (West London Joint Commissioning Protocol), half of them gone."""


@dataclass(frozen=True, kw_only=True)
class EmergencyInStore:
    """Where everybody is.

    referrals, people
        Ids in the store, by the reference of the invented referral.
    closing
        Ids in the store of the services that close.
    """

    region: RegionInStore
    referrals: Mapping[str, str]
    people: Mapping[str, str]
    closing: tuple[str, ...]


def load_emergency(
    emergency: Emergency,
    store: Store,
    *,
    by: Actor,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> EmergencyInStore:
    """Fill an empty store with a region and everybody in it, as it stands before the emergency is declared.

    Parameters
    ----------
    progress
        Told how many people are in, of how many.
    """
    at = datetime.combine(emergency.on - OPENED_BEFORE, time(9), UTC)
    region = store.transact(lambda work: _region(emergency, by=by, at=at, work=work))
    loader = _People(emergency, region, by)
    for number, referral in enumerate(emergency.referrals):
        store.transact(partial(loader.enter, number, referral))
        progress(number + 1, len(emergency.referrals))
    store.transact(loader.separate)
    return EmergencyInStore(
        region=region,
        referrals=loader.referrals,
        people=loader.people,
        closing=tuple(region.services[id] for id in emergency.closing),
    )


def _region(emergency: Emergency, *, by: Actor, at: datetime, work: Work) -> RegionInStore:
    adopt_scheme(shipped_document(SCHEME), by=by, at=at, work=work)
    people, on = len(emergency.must_leave), emergency.on
    opened = on - OPENED_BEFORE
    region = load_region(emergency.region, on=on, opened_on=opened, people=people, by=by, at=at, work=work)
    term = Stay(on - TERM / 2, on + TERM / 2)
    agreements_in_store(region.ground, region.services, term=term, by=by, at=at, work=work)
    return region


class _People:
    """Enters one after the other; a unit of work each, so that one that is done again begins anew."""

    def __init__(self, emergency: Emergency, region: RegionInStore, by: Actor) -> None:
        self.emergency, self.region, self.by = emergency, region, by
        self.referrals: dict[str, str] = {}
        self.people: dict[str, str] = {}
        self.homes = _units_of(region)

    def enter(self, number: int, referral: Referral, work: Work) -> None:
        """Everything that happened to one person before the day."""
        opened = self.emergency.on - OPENED_BEFORE
        day = max(referral.referred_on or self.emergency.on, opened)
        at = datetime.combine(day, time(9), UTC)
        person = self._person(number, referral, at, work)
        row = refer(self._details(referral, person), by=self.by, at=at, work=work)
        self.people[referral.reference], self.referrals[referral.reference] = person, row.id
        take_in(row.id, by=self.by, at=at, work=work)
        score_referral(row.id, referral.answers, by=self.by, at=at, work=work)
        if (override := referral.override) is not None:
            override_band(row.id, override.band, reason=override.reason, by=self.by, at=at, work=work)
        put_on_list(row.id, by=self.by, at=at, work=work)
        if referral.current_service is not None:
            self._settle(referral, row.id, at, work)

    def separate(self, work: Work) -> None:
        """Record who must be kept apart."""
        at = datetime.combine(self.emergency.on, time(9), UTC)
        for one, other in self.emergency.separations:
            keep_apart(
                self.people[one],
                self.people[other],
                reason=SafetyReason.THREAT,
                on=self.emergency.on,
                by=self.by,
                at=at,
                work=work,
            )

    def _person(self, number: int, referral: Referral, at: datetime, work: Work) -> str:
        rng = Random(number)
        born = None if referral.age is None else _birthday(self.emergency.on, referral.age, number)
        details = PersonDetails(
            told_on=at.date(),
            forename=forename(referral.gender or "", rng),
            surname=surname(rng),
            born=born,
            gender=referral.gender,
        )
        person = enter_person(details, by=self.by, at=at, work=work)
        give_consent(person.id, given_on=at.date(), how="signed form", by=self.by, at=at, work=work)
        for area in sorted(referral.avoid_areas):
            reason = SafetyReason.DOMESTIC_ABUSE
            set_safety_area(person.id, area, reason=reason, on=at.date(), by=self.by, at=at, work=work)
        return person.id

    def _details(self, referral: Referral, person: str) -> ReferralDetails:
        services = self.region.services
        agencies = sorted(self.region.agencies.values())
        return ReferralDetails(
            person_id=person,
            agency_id=agencies[len(self.people) % len(agencies)],
            agency_reference=referral.reference,
            referred_on=referral.referred_on,
            authority_id=referral.authority,
            duty_date=referral.duty_date,
            discharge_date=referral.discharge_date,
            immediate_safety=referral.immediate_safety,
            sleeping_rough=referral.sleeping_rough,
            tier=referral.tier,
            current_service_id=services.get(referral.current_service or ""),
            may_move=referral.may_move,
            units=referral.units,
            client_groups=tuple(sorted(referral.client_groups)) or ("generic",),
            risks=tuple(Known(code=tag, answer=True) for tag in sorted(referral.tags)),
            access_needs=tuple(sorted(referral.access_needs)),
            wishes=tuple(services[each] for each in referral.prefers if each in services),
            avoids=tuple(sorted(services[each] for each in referral.avoid_services if each in services)),
        )

    def _settle(self, referral: Referral, id: str, at: datetime, work: Work) -> None:
        """They were offered the place where they live, accepted, and moved in."""
        came = self.emergency.on - SETTLED_BEFORE if referral.must_leave else at.date()
        key = (referral.current_service or "", referral.current_pool or "")
        units = [next(self.homes[key]) for _ in range(referral.units)]
        offer = make_offer(id, units, from_day=came, answer_by=None, by=self.by, at=at, work=work)
        accept_offer(offer.id, by=self.by, at=at, work=work)
        move_in(offer.id, on_day=came, by=self.by, at=at, work=work)


def _units_of(region: RegionInStore) -> dict[tuple[str, str], Iterator[str]]:
    return defaultdict(lambda: iter(()), {key: iter(units) for key, units in region.units.items()})


def _birthday(on: date, age: int, number: int) -> date:
    """A day on which somebody was born who is so old on the day, spread over the year."""
    return date(on.year - age, 1, 1) + timedelta(days=number % ((on - date(on.year, 1, 1)).days or 1))
