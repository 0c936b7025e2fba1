"""Moving in, from an accepted offer; moving from one place to another; not arriving."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from gateway.people.clusters import cluster
from gateway.placements.conflicts import AlreadyOffered, LivesElsewhere
from gateway.placements.faults import empty, not_after, not_yet
from gateway.placements.holding import cut, hold_for_living, holds_of_offer, holds_of_placement, queue_for
from gateway.placements.leaving import about_placement, end_placement, lives_nowhere
from gateway.placements.lettable import units_on
from gateway.placements.offering import require, subjects, turn
from gateway.placements.persons import places_after, standing_offer
from gateway.placements.returning import come_to_nothing
from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.placements.tables import DepartureReason, Destination, HoldRow, OfferRow, PlacementRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.moving import move
from gateway.referrals.states import OPEN, ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.refusals import refuse
from gateway.storage.rows import Row
from gateway.storage.store import lost_unseen
from gateway.storage.work import LostRace, Work


def move_in(
    offer_id: str,
    on_day: date,
    *,
    leaves: str | None = None,
    review_on: date | None = None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> PlacementRow:
    """Record that somebody moved in on this day.

    Who lives elsewhere moves from there: the old placement ends on the same day with the reason `TRANSFER`,
    and its units are free again from that day on.

    Parameters
    ----------
    on_day
        The offer's first day or later, and not after the day of ``at`` in London.
    leaves
        The placement that the person leaves. Where it is of the same referral, the offer was made in order
        to move them and it need not be named; where it is of another referral it must be, and that referral
        is closed.
    review_on
        When to look at the placement again.

    Raises
    ------
    Invalid
        If the day is too early or still to come, or before they left where they lived last; if the unit is
        closed by then, which it was not when it was offered; or if a review would be due before it.
    LivesElsewhere
        If the person lives somewhere else under another referral, and ``leaves`` does not name it.
    AlreadyOffered
        If the person has another offer that stands, under the referral they would leave.
    IllegalMove, NotFound, ChangedMeanwhile
        As everywhere.
    """
    offer = work.get(OfferRow, offer_id, seen=seen)
    require(offer, OfferStatus.TAKEN_UP)
    referral = work.get(ReferralRow, offer.referral_id)
    person_ids = cluster(work, referral.person_id)
    places = places_after(work, person_ids, on_day)
    old = [each for each in places if each.referral_id == referral.id or each.id == leaves]
    refuse([*_day_faults(offer, places, old, on_day, at), *_faults(places, on_day, leaves, review_on)])
    _forbid_living_twice(work, offer, places, old, person_ids)
    placement = _placement(work, offer, referral, on_day, review_on)
    held = holds_of_offer(work, offer.id)
    had = [hold for each in old for hold in holds_of_placement(work, each.id)]
    queue_for(work, [*held, *had])
    refuse(_closed_faults(work, held, on_day))
    try:
        with work.attempt():
            left = _leave(work, old, had, referral, on_day, at)
            came = _come(work, offer, held, placement, referral, at)
            units = {hold.unit_id for hold in (*held, *had)}
            about = subjects(
                offer, placement.id, *units, *(id for each in old for id in about_placement(each))
            )
            write(work, *came, *left, *had, what="moved in", by=by, at=at, about=about)
    except IntegrityError as fault:
        # Where they lived was read above: a home that could be seen would have been refused or left.
        if lost_unseen(fault):
            raise LostRace(f"where {referral.person_id} lives cannot be seen yet") from None
        raise
    return placement


def not_arrived(
    offer_id: str, *, why: str, seen: int | None = None, by: Actor, at: datetime, work: Work
) -> OfferRow:
    """Record that somebody who accepted did not come; the units are free and they are back on the list.

    Raises
    ------
    Invalid
        If no reason is given, or the first day on which they could have come is still ahead.
    IllegalMove, NotFound, ChangedMeanwhile
        As everywhere.
    """
    offer = work.get(OfferRow, offer_id, seen=seen)
    require(offer, OfferStatus.NOT_ARRIVED)
    refuse([*empty("why", why), *not_yet("from_day", offer.from_day, at)])
    referral, holds = come_to_nothing(work, offer, OfferStatus.NOT_ARRIVED, at=at)
    about = subjects(offer, *(hold.unit_id for hold in holds))
    write(work, offer, *holds, referral, what="not arrived", by=by, at=at, about=about, why=why)
    return offer


def _day_faults(
    offer: OfferRow,
    places: Sequence[PlacementRow],
    old: Sequence[PlacementRow],
    on_day: date,
    at: datetime,
) -> Iterator[tuple[str, str]]:
    yield from not_yet("on_day", on_day, at)
    if on_day < offer.from_day:
        yield "on_day", f"is {on_day}, must not be before {offer.from_day}, the first day of the offer"
    for each in places:
        if each.until is not None:
            yield (
                "on_day",
                f"is {on_day}, must not be before {each.until}, on which they left where they lived before",
            )
        elif each in old:
            yield from not_after(
                "on_day", on_day, each.from_day, "on which they moved in where they live now"
            )


def _faults(
    places: Sequence[PlacementRow], on_day: date, leaves: str | None, review_on: date | None
) -> Iterator[tuple[str, str]]:
    if leaves is not None and leaves not in {each.id for each in places if each.until is None}:
        yield "leaves", f"is {leaves}, where the person does not live"
    if review_on is not None:
        yield from not_after("review_on", review_on, on_day, "on which they moved in")


def _closed_faults(work: Work, held: Sequence[HoldRow], on_day: date) -> Iterator[tuple[str, str]]:
    for unit in units_on(work, {hold.unit_id for hold in held}, on_day):
        for closed in unit.closed_on(on_day):
            yield "on_day", f"is {on_day}, but {unit.id} {closed}: offer another, or have it opened again"


def _forbid_living_twice(
    work: Work,
    offer: OfferRow,
    places: Sequence[PlacementRow],
    old: Sequence[PlacementRow],
    person_ids: Collection[str],
) -> None:
    for each in places:
        if each not in old:
            raise LivesElsewhere(each.person_id, each.id, each.referral_id)
    theirs = [each.referral_id for each in old if each.referral_id != offer.referral_id]
    if theirs and (other := standing_offer(work, person_ids, apart_from=offer.id)):
        raise AlreadyOffered(theirs[0], other.id)


def _placement(
    work: Work, offer: OfferRow, referral: ReferralRow, on_day: date, review_on: date | None
) -> PlacementRow:
    return PlacementRow(
        id=work.new_id("PL"),
        referral_id=referral.id,
        person_id=referral.person_id,
        service_id=offer.service_id,
        offer_id=offer.id,
        authority_id=referral.authority_id,
        status=PlacementStatus.LIVING,
        from_day=on_day,
        review_on=review_on,
    )


def _leave(
    work: Work,
    old: Sequence[PlacementRow],
    had: Sequence[HoldRow],
    referral: ReferralRow,
    on_day: date,
    at: datetime,
) -> list[PlacementRow | ReferralRow]:
    """End the old places and their holds, and their referrals if they are others; what has changed."""
    for each in old:
        end_placement(
            each,
            [hold for hold in had if hold.placement_id == each.id],
            on_day,
            reason=DepartureReason.TRANSFER,
            destination=Destination.SUPPORTED,
            planned=True,
        )
    theirs = [work.get(ReferralRow, each.referral_id) for each in old if each.referral_id != referral.id]
    closing = [each for each in theirs if each.status in OPEN]
    for their in closing:
        move(their, ReferralStatus.CLOSED, at=at, reason=EndReason.MOVED_ON)
        lives_nowhere(their)
    return [*old, *closing]


def _come(
    work: Work,
    offer: OfferRow,
    held: Sequence[HoldRow],
    placement: PlacementRow,
    referral: ReferralRow,
    at: datetime,
) -> list[Row]:
    """Take the offer up; what is new and what has changed, in the order of writing."""
    turn(offer, OfferStatus.TAKEN_UP)
    move(referral, ReferralStatus.PLACED, at=at)
    referral.current_service_id, referral.must_leave = placement.service_id, False
    cut(held, placement.from_day)
    return [
        placement,
        *hold_for_living(work, placement, [hold.unit_id for hold in held]),
        offer,
        *held,
        referral,
    ]
