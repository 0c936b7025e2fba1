"""What a demonstration must show and chance need not bring: addresses, works, somebody barred or hidden."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from sqlalchemy import select

from gateway.directory.changing import change_service
from gateway.directory.confirming import confirm_units
from gateway.directory.tables import ServiceRow, VoidReason
from gateway.directory.voiding import VoidDetails, put_out_of_service
from gateway.people.exclude import impose_exclusion
from gateway.people.exclusions import ExclusionTerms
from gateway.people.keep_safe import keep_apart
from gateway.people.merge_people import merge_people
from gateway.people.restrict import restrict_case
from gateway.people.tables import ExclusionReason, PersonRow, SafetyReason
from gateway.placements.answering import accept_offer, refuse_offer
from gateway.placements.tables import DepartureReason, OfferRow, PlacementRow, RefusalReason, Side
from gateway.referrals.ending import appeal
from gateway.referrals.noting import add_note
from gateway.referrals.resting import park
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.referrals.triaging import ask, decline, take_in
from scenarios.demo_lives import Life
from scenarios.demo_scene import Scene, Steps, later
from scenarios.region_in_store import details_of
from scenarios.region_parts import Provision

NOWHERE: Final = "ZZ99"
"""The first half of postcodes that lead nowhere: it is kept for pseudo postcodes (NHS Data Dictionary)."""

_STREETS: Final = (
    "Alder Row",
    "Bellfounders Lane",
    "Canal Side",
    "Drovers Way",
    "Foundry Street",
    "Glassmakers Yard",
    "Saddlers Walk",
    "Tanners Rise",
)
_OFFERED: Final = 5
_WORKS: Final = (
    VoidReason.REFURBISHMENT,
    VoidReason.REPAIRS,
    VoidReason.STAFF_SHORTAGE,
    VoidReason.FURNITURE,
)


def address_of(provision: Provision, town: str) -> str:
    """An invented address, the same for the same service, in a street and a postcode that are nowhere."""
    number = int(provision.service.id.removeprefix("S-"))
    street = _STREETS[number % len(_STREETS)]
    return f"{3 * number + 1} {street}, {town}, {NOWHERE} {number % 10}{'ABDEFGHJLN'[number // 10]}Z"


def give_addresses(scene: Scene) -> None:
    """Every service that is a place has an address; of a confidential one nothing else says where it is."""
    region = scene.region.region
    towns = {each.gss: each.name for each in region.authorities}
    for each in region.provisions:
        if each.service.tier == "floating":
            continue
        id = scene.region.services[each.service.id]
        town = towns[each.service.authority or ""]
        details = details_of(each, scene.region.providers[each.provider])
        addressed = replace(details, address=address_of(each, town))
        version = scene.work.get(ServiceRow, id).version
        scene.does(scene.staff.manager, change_service, id, addressed, seen=version, why="address entered")


def confirmed(scene: Scene, service: str, rng: Random, days: int) -> Steps[None]:
    """The provider says at the beginning, now and then, and last some days ago, that what stands is true."""
    yield later(scene, rng, hours=(1, 20))
    for _ in range(2):
        _confirm(scene, service)
        yield later(scene, rng, days=(150, 190))
    stale = rng.randint(35, 80) if rng.random() < 0.2 else rng.randint(0, 6)
    yield max(later(scene, rng, hours=(1, 2)), scene.began + timedelta(days=days - stale))
    _confirm(scene, service)


def _confirm(scene: Scene, service: str) -> None:
    id = scene.region.services[service]
    if any(units for (owner, _), units in scene.region.units.items() if owner == service):
        scene.does(scene.provider_of(id), confirm_units, id)


def works(scene: Scene, rng: Random, days: int) -> Steps[None]:
    """Now and then a unit that is empty is out of service; the last ones are still."""
    while True:
        yield later(scene, rng, days=(12, 30))
        empty = list(scene.places.empty(scene.at.date()))
        if not empty:
            continue
        service, unit = rng.choice(empty)
        day = scene.at.date()
        until = day + timedelta(days=rng.randint(10, 45))
        latest = (scene.at - scene.began).days > days - 50
        told = VoidDetails(
            reason=rng.choice(_WORKS), from_day=day, until=None if latest and rng.random() < 0.5 else until
        )
        provider = scene.provider_of(scene.region.services[service])
        scene.does(provider, put_out_of_service, unit, told)
        scene.places.void([unit], told.until)


class Particulars:
    """Chosen among the lives as they stand now, in the order in which they came."""

    def __init__(self, scene: Scene, lives: Sequence[Life]) -> None:
        self.scene, self.lives = scene, [each for each in lives if each.referral]

    def happen(self) -> None:
        """All of them."""
        self._offered()
        self._asked()
        self._barred()
        self._kept_apart()
        self._came_under_two_names()
        self._appealed()
        self._noted()
        self._hidden()

    def _in(self, *statuses: ReferralStatus) -> list[Life]:
        return [each for each in self.lives if self._of(each).status in statuses]

    def _of(self, life: Life) -> ReferralRow:
        return self.scene.work.get(ReferralRow, life.referral)

    def _offered(self) -> None:
        """Some were offered a place this morning; of two the provider has accepted, one it refused."""
        scene = self.scene
        offers: list[OfferRow] = []
        for life in self._in(ReferralStatus.WAITING):
            offered = life.tenancies.offered(life.referral) if len(offers) < _OFFERED else None
            if offered is not None:
                offers.append(offered.offer)
        for offer in offers[:2]:
            scene.does(scene.provider_of(offer.service_id), accept_offer, offer.id)
        for offer in offers[2:3]:
            provider, reason = scene.provider_of(offer.service_id), RefusalReason.NEEDS_TOO_HIGH
            scene.does(provider, refuse_offer, offer.id, side=Side.PROVIDER, reason=reason)

    def _asked(self) -> None:
        """Two who wait are looked at again, and one of them is asked something; one more rests."""
        scene, officer = self.scene, self.scene.staff.officers[0]
        asked, looked_at, rests = self._in(ReferralStatus.WAITING)[-3:]
        for life in (asked, looked_at):
            scene.does(officer, take_in, life.referral)
        scene.does(officer, ask, asked.referral, ["Is the person safe where they are tonight?"])
        until = scene.at.date() + timedelta(days=30)
        scene.does(officer, park, rests.referral, until=until, reason=EndReason.IN_HOSPITAL)

    def _barred(self) -> None:
        """Evicted not long ago, and barred from the provider for a year."""
        scene = self.scene
        evicted = select(PlacementRow.person_id, PlacementRow.service_id, PlacementRow.until).where(
            PlacementRow.departure_reason == DepartureReason.EVICTED
        )
        found = {person: (service, day) for person, service, day in scene.work.session.execute(evicted)}
        barred = [each for each in self.lives if each.person in found][-2:]
        for life in barred:
            service, left = found[life.person]
            day = left or scene.at.date()
            terms = ExclusionTerms(
                person_id=life.person,
                reason=ExclusionReason.VIOLENCE,
                from_day=day,
                until=day + timedelta(days=365),
                review_on=day + timedelta(days=90),
                provider_id=scene.work.get(ServiceRow, service).provider_id,
            )
            scene.does(scene.staff.manager, impose_exclusion, terms)

    def _kept_apart(self) -> None:
        waiting = self._in(ReferralStatus.WAITING)
        one, other = waiting[0].person, waiting[-1].person
        on = self.scene.at.date()
        self.scene.does(self.scene.staff.manager, keep_apart, one, other, reason=SafetyReason.THREAT, on=on)

    def _came_under_two_names(self) -> None:
        """Referred by another agency under another spelling, found to be one person: a duplicate."""
        scene, manager = self.scene, self.scene.staff.manager
        for life in self._in(ReferralStatus.WAITING, ReferralStatus.PLACED)[1:3]:
            again = life.again_by_another_agency()
            scene.does(manager, take_in, again.id)
            why = "The same date of birth and telephone number; the surname was misheard."
            scene.does(manager, decline, again.id, reason=EndReason.DUPLICATE, why=why)
            scene.does(manager, merge_people, again.person_id, life.person, why=why)

    def _appealed(self) -> None:
        ended = self._in(ReferralStatus.CLOSED)[-1]
        ended.begins_again()
        declined = self._in(ReferralStatus.DECLINED)
        why = "New information from the community mental health team."
        self.scene.does(self.scene.staff.manager, appeal, declined[-1].referral, why=why)

    def _noted(self) -> None:
        for life in self._in(ReferralStatus.WAITING)[-3:]:
            text = "Rang the agency: still with friends, and can be reached in the mornings."
            self.scene.does(self.scene.staff.officers[0], add_note, life.referral, text)

    def _hidden(self) -> None:
        """One case is restricted: whoever has no grant is told that it is not there."""
        scene = self.scene
        fleeing = [
            each
            for each in self._in(ReferralStatus.WAITING)
            if "domestic-abuse" in each.case.facts.client_groups
        ]
        person = scene.work.get(PersonRow, fleeing[-1].person)
        why = "The person she flees works for one of the agencies."
        until = scene.at + timedelta(days=180)
        scene.does(scene.staff.manager, restrict_case, person.id, until=until, why=why, seen=person.version)
