"""The second half of a life in the demonstration: waiting, offers, living somewhere, leaving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from random import Random
from typing import Final

from gateway.directory.tables import VoidReason
from gateway.directory.voiding import VoidDetails, put_out_of_service
from gateway.placements.answering import accept_offer, refuse_offer, withdraw_offer
from gateway.placements.dependants import OffersAndPlacements
from gateway.placements.following_up import ready_to_move_on, set_review
from gateway.placements.lapsing import lapse_offer
from gateway.placements.leaving import depart
from gateway.placements.moving_in import move_in, not_arrived
from gateway.placements.offering import make_offer
from gateway.placements.reviewing import confirm_refusal, overrule_refusal
from gateway.placements.tables import (
    Blocker,
    DepartureReason,
    Destination,
    OfferRow,
    PlacementRow,
    RefusalReason,
    Side,
)
from gateway.records.actor import CLOCKWORK, Actor
from gateway.referrals.ending import close
from gateway.referrals.tables import EndReason
from gateway.refusals import Conflict
from gateway.working_time import deadline
from scenarios.demo_cases import Case
from scenarios.demo_places import Vacant
from scenarios.demo_scene import Scene, Steps, at_work, later

STAY_MEDIAN_DAYS: Final = 247
STAY_SPREAD: Final = 0.567
"""As ``emergency.yaml`` of the region has them (H-CLIC TA7, Birmingham)."""

_PATIENCE: Final = 12
"""How often a place is looked for before somebody without one may be lost from sight."""

_REFUSALS: Final = {
    Side.PROVIDER: (
        RefusalReason.RISK_NOT_MANAGEABLE,
        RefusalReason.NEEDS_TOO_HIGH,
        RefusalReason.PREVIOUS_BEHAVIOUR,
    ),
    Side.PERSON: (RefusalReason.AREA_UNWANTED, RefusalReason.SHARING_UNWANTED, RefusalReason.NOT_SAFE),
    Side.NEITHER: (RefusalReason.NO_CONTACT, RefusalReason.IN_HOSPITAL),
}
_PLANNED: Final = (
    (DepartureReason.PLANNED, Destination.SOCIAL_RENT),
    (DepartureReason.PLANNED, Destination.PRIVATE_RENT),
    (DepartureReason.PLANNED, Destination.SUPPORTED),
    (DepartureReason.PLANNED, Destination.FAMILY_SETTLED),
)
_UNPLANNED: Final = (
    (DepartureReason.EVICTED, Destination.UNKNOWN),
    (DepartureReason.ABANDONED, Destination.UNKNOWN),
    (DepartureReason.ABANDONED, Destination.ROUGH_SLEEPING),
    (DepartureReason.CUSTODY, Destination.PRISON),
)
_WORKS: Final = (VoidReason.REPAIRS, VoidReason.DAMAGE_BY_RESIDENT, VoidReason.DEEP_CLEAN)
_BLOCKERS: Final = (None, Blocker.NO_PLACE, Blocker.NO_PLACE, Blocker.NO_DEPOSIT, Blocker.BENEFITS)


class Ended(Enum):
    """How a referral ended: whoever it ended badly for may come again."""

    WELL = auto()
    BADLY = auto()


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer that was made, of what, and from when."""

    offer: OfferRow
    place: Vacant
    from_day: datetime


class Tenancies:
    """One case after it was put on the list."""

    def __init__(self, scene: Scene, case: Case, rng: Random, officer: Actor) -> None:
        self.scene, self.case, self.rng, self.officer = scene, case, rng, officer

    def steps(self, id: str) -> Steps[Ended]:
        """Offered places until one is taken; lived there; left. Or lost from sight while waiting."""
        yield self._later(hours=(1, 40)) if self.case.settled else self._later(days=(3, 40))
        for _ in range(_PATIENCE):
            offered = self.offered(id) if self.scene.at < self.scene.collecting_since else None
            if offered is not None:
                placement = yield from self._answered(offered)
                if placement is not None:
                    return (yield from self._lives(placement, offered.place.units))
            yield self._later(days=(3, 21))
        if self._chance(0.55):
            reason = self.rng.choice([EndReason.CONTACT_LOST, EndReason.OTHER_HELP_FOUND])
            self.scene.does(self.officer, close, id, reason=reason, dependants=OffersAndPlacements())
            return Ended.BADLY
        while True:
            yield self._later(days=(900, 1000))

    def offered(self, id: str) -> Offered | None:
        """The first place that is empty, suits, and is forbidden by no agreement."""
        scene = self.scene
        day = scene.at.date() + timedelta(days=self.rng.randint(0, 3))
        by = None if self.case.settled else deadline(scene.at, 16)
        for place in scene.places.for_case(self.case, day, self.rng):
            try:
                with scene.work.attempt():
                    offer = scene.does(self.officer, make_offer, id, place.units, from_day=day, answer_by=by)
            except Conflict:
                continue
            scene.places.take(place.units)
            return Offered(offer, place, scene.at + (day - scene.at.date()))
        return None

    def _answered(self, offered: Offered) -> Steps[PlacementRow | None]:
        offer, scene = offered.offer, self.scene
        provider = scene.provider_of(offer.service_id)
        fate = 1.0 if self.case.settled else self.rng.random()
        if fate < 0.04:
            yield offer.answer_by or scene.at
            scene.does(CLOCKWORK, lapse_offer, offer.id)
        else:
            yield self._before(offer.answer_by)
            taken = yield from self._decided(offered, provider, fate)
            if taken is not None:
                return taken
        scene.places.free(offered.place.units, scene.at.date())
        return None

    def _decided(self, offered: Offered, provider: Actor, fate: float) -> Steps[PlacementRow | None]:
        offer, scene = offered.offer, self.scene
        if fate < 0.06:
            scene.does(self.officer, withdraw_offer, offer.id, why="The unit is needed for somebody else.")
        elif fate < self._refused_below():
            yield from self._refused(offer, provider)
        else:
            scene.does(provider, accept_offer, offer.id)
            yield max(self._later(hours=(2, 40)), offered.from_day)
            if self.case.settled or self._chance(0.95):
                day = scene.at.date()
                review = day + timedelta(days=84)
                return scene.does(provider, move_in, offer.id, on_day=day, review_on=review)
            scene.does(provider, not_arrived, offer.id, why="Did not come, and nobody answers.")
        return None

    def _refused_below(self) -> float:
        """Those with more risks are refused more often."""
        return 0.2 + 0.05 * min(3, len(self.case.facts.tags))

    def _refused(self, offer: OfferRow, provider: Actor) -> Steps[None]:
        scene = self.scene
        side = self.rng.choice([Side.PROVIDER, Side.PROVIDER, Side.PERSON, Side.PERSON, Side.NEITHER])
        by = provider if side is Side.PROVIDER else self.officer
        scene.does(by, refuse_offer, offer.id, side=side, reason=self.rng.choice(_REFUSALS[side]))
        if side is not Side.PROVIDER:
            return
        yield self._later(hours=(4, 50))
        if self._chance(0.7):
            scene.does(self.officer, confirm_refusal, offer.id, why="The house has no night staff just now.")
        else:
            why = "The risk is known and there is a plan for it; the unit has gone meanwhile."
            scene.does(self.officer, overrule_refusal, offer.id, why=why, answer_by=None, again=False)

    def _lives(self, placement: PlacementRow, units: Sequence[str]) -> Steps[Ended]:
        """Reviews, ready to move on, departure, in the order in which they fall."""
        scene, provider = self.scene, self.scene.provider_of(placement.service_id)
        stay = int(max(6, self.rng.lognormvariate(0, STAY_SPREAD) * STAY_MEDIAN_DAYS))
        came = scene.at
        leaves = came + timedelta(days=stay)
        ready = came + timedelta(days=int(stay * 0.75)) if stay > 90 and self._chance(0.6) else None
        review = came + timedelta(days=84 + self.rng.randint(0, 20))
        while (moment := min(each for each in (leaves, ready, review) if each is not None)) < leaves:
            yield self._at_work(moment)
            if moment == ready:
                scene.does(
                    provider,
                    ready_to_move_on,
                    placement.id,
                    scene.at.date(),
                    blocked_by=self.rng.choice(_BLOCKERS),
                )
                ready = None
            else:
                review = scene.at + timedelta(days=84 + self.rng.randint(0, 30))
                next_one = scene.at.date() + timedelta(days=84)
                scene.does(provider, set_review, placement.id, next_one)
        yield self._at_work(max(leaves, scene.at + timedelta(minutes=1)))
        return self._leaves(placement, units, provider)

    def _leaves(self, placement: PlacementRow, units: Sequence[str], provider: Actor) -> Ended:
        scene, day = self.scene, self.scene.at.date()
        planned = self._chance(0.72)
        reason, destination = self.rng.choice(_PLANNED if planned else _UNPLANNED)
        prepared = day + timedelta(days=self.rng.randint(2, 12)) if self._chance(0.7) else None
        scene.does(
            provider,
            depart,
            placement.id,
            day,
            reason=reason,
            destination=destination,
            prepared_until=prepared,
        )
        empty = prepared or day
        if self._chance(0.08):
            until = empty + timedelta(days=self.rng.randint(7, 40))
            works = VoidDetails(reason=self.rng.choice(_WORKS), from_day=empty, until=until)
            for unit in units:
                scene.does(provider, put_out_of_service, unit, works)
            empty = until
        scene.places.free(units, empty)
        return Ended.WELL if planned else Ended.BADLY

    def _before(self, deadline_: datetime | None) -> datetime:
        """A moment before the time to answer is over."""
        moment = self._later(hours=(1, 20))
        return moment if deadline_ is None else min(moment, deadline_ - timedelta(minutes=5))

    def _at_work(self, moment: datetime) -> datetime:
        return at_work(moment, self.rng)

    def _later(self, *, hours: tuple[int, int] = (0, 0), days: tuple[int, int] = (0, 0)) -> datetime:
        return later(self.scene, self.rng, hours=hours, days=days)

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share
