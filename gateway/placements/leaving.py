"""Leaving a place: the units are free again from the day of departure on."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import select

from gateway.directory.tables import VoidReason
from gateway.directory.voiding import VoidDetails, prepare
from gateway.placements.conflicts import HasLeft
from gateway.placements.faults import not_after, not_yet
from gateway.placements.holding import cancel, cut, holds_of_offer, holds_of_placement, queue_for
from gateway.placements.offering import turn
from gateway.placements.states import HOLDING, OfferStatus, PlacementStatus
from gateway.placements.tables import DepartureReason, Destination, HoldRow, OfferRow, PlacementRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.moving import move
from gateway.referrals.states import OPEN, ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.refusals import refuse
from gateway.storage.rows import Row
from gateway.storage.work import Work

PLANNED: Mapping[DepartureReason, bool] = MappingProxyType(
    {
        DepartureReason.PLANNED: True,
        DepartureReason.EVICTED: False,
        DepartureReason.ABANDONED: False,
        DepartureReason.CUSTODY: False,
    }
)
"""Whether a departure for this reason was planned, where the reason says so: planned is agreed; eviction,
abandonment and custody are not (docs/glossary.md, planned move). For other reasons it must be told."""

ENDS: Mapping[DepartureReason, EndReason] = MappingProxyType(
    {
        DepartureReason.PLANNED: EndReason.MOVED_ON,
        DepartureReason.LEFT: EndReason.MOVED_ON,
        DepartureReason.EVICTED: EndReason.OTHER,
        DepartureReason.ABANDONED: EndReason.CONTACT_LOST,
        DepartureReason.HOSPITAL: EndReason.IN_HOSPITAL,
        DepartureReason.CUSTODY: EndReason.IN_CUSTODY,
        DepartureReason.UNIT_WITHDRAWN: EndReason.OTHER,
        DepartureReason.DIED: EndReason.DIED,
        DepartureReason.OTHER: EndReason.OTHER,
    }
)
"""Why the referral of somebody who left for this reason is closed. Nobody departs for a transfer: they move
in elsewhere, which ends the old placement."""


def depart(  # noqa: PLR0913  a departure has so many facts
    placement_id: str,
    on_day: date,
    *,
    reason: DepartureReason,
    destination: Destination,
    planned: bool | None = None,
    still_needs_a_place: bool = False,
    prepared_until: date | None = None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> PlacementRow:
    """Record that somebody left on this day, which is free again.

    An offer to move elsewhere that stands is withdrawn, unless they still need a place.

    Parameters
    ----------
    on_day
        After the day on which they moved in, and not after the day of ``at`` in London.
    planned
        Whether it was agreed beforehand; ``None`` for a death, and where the reason says it.
    still_needs_a_place
        The referral goes back to the list, where it stood. Otherwise it is closed.
    prepared_until
        The units are being prepared from ``on_day`` until this day (half-open).

    Raises
    ------
    Invalid
        If the day, reason, destination and the rest do not fit together.
    HasLeft
        If they left before.
    NotFound, ChangedMeanwhile
        As everywhere.
    """
    placement = work.get(PlacementRow, placement_id, seen=seen)
    require_living(placement)
    refuse(
        [
            *not_yet("on_day", on_day, at),
            *not_after("on_day", on_day, placement.from_day, "on which they moved in"),
            *departure_faults(reason, destination, planned=planned),
            *_then_faults(reason, on_day, prepared_until, still_needs_a_place=still_needs_a_place),
        ]
    )
    holds = holds_of_placement(work, placement.id)
    queue_for(work, holds)
    planned = PLANNED.get(reason, planned)
    end_placement(placement, holds, on_day, reason=reason, destination=destination, planned=planned)
    after = _referral_after(work, placement, ENDS[reason], at, still_needs_a_place=still_needs_a_place)
    units = [hold.unit_id for hold in holds]
    about = about_placement(placement, *units, *(row.id for row in after if isinstance(row, OfferRow)))
    write(work, placement, *holds, *after, what="left", by=by, at=at, about=about)
    if prepared_until is not None:
        void = VoidDetails(reason=VoidReason.TURNAROUND, from_day=on_day, until=prepared_until)
        for unit in units:
            prepare(unit, void, by=by, at=at, work=work)
    return placement


def about_placement(placement: PlacementRow, *more: str) -> list[str]:
    """Whom and what an event about a placement is about; ``more``: its units."""
    return [placement.id, placement.referral_id, placement.person_id, *more]


def require_living(placement: PlacementRow) -> None:
    """Raise `HasLeft` unless somebody lives there."""
    if placement.until is not None:
        raise HasLeft(placement.id, placement.until)


def end_placement(
    placement: PlacementRow,
    holds: Iterable[HoldRow],
    on_day: date,
    *,
    reason: DepartureReason,
    destination: Destination,
    planned: bool | None,
) -> None:
    """End a placement and its holds on a day; the caller writes them."""
    placement.status, placement.until = PlacementStatus.LEFT, on_day
    placement.departure_reason, placement.destination, placement.planned = reason, destination, planned
    cut(holds, on_day)


def lives_nowhere(referral: ReferralRow) -> None:
    """Nothing is left of where the person lived, or of their having to leave it."""
    referral.current_service_id, referral.must_leave, referral.may_move = None, False, False


def _referral_after(
    work: Work, placement: PlacementRow, ends: EndReason, at: datetime, *, still_needs_a_place: bool
) -> list[Row]:
    """Set what becomes of the referral, and of an offer to move elsewhere; what has changed."""
    referral = work.get(ReferralRow, placement.referral_id)
    lives_nowhere(referral)
    if still_needs_a_place:
        if referral.status is ReferralStatus.PLACED:
            move(referral, ReferralStatus.WAITING, at=at)
        return [referral]
    changed: list[Row] = [referral]
    if offer := _standing_offer_of(work, referral.id):
        holds = holds_of_offer(work, offer.id)
        turn(offer, OfferStatus.WITHDRAWN)
        cancel(holds)
        changed += [offer, *holds]
    if referral.status in OPEN:
        move(referral, ReferralStatus.CLOSED, at=at, reason=ends)
    return changed


def _standing_offer_of(work: Work, referral_id: str) -> OfferRow | None:
    return work.first(
        select(OfferRow).where(OfferRow.referral_id == referral_id, OfferRow.status.in_(sorted(HOLDING)))
    )


def _then_faults(
    reason: DepartureReason, on_day: date, prepared_until: date | None, *, still_needs_a_place: bool
) -> Iterator[tuple[str, str]]:
    if reason is DepartureReason.DIED and still_needs_a_place:
        yield "still_needs_a_place", "is set for somebody who died"
    if prepared_until is not None:
        yield from not_after("prepared_until", prepared_until, on_day, "on which they left")


def departure_faults(
    reason: DepartureReason, destination: Destination, *, planned: bool | None
) -> Iterator[tuple[str, str]]:
    """What does not fit together in why and whither somebody left."""
    if reason is DepartureReason.TRANSFER:
        yield "reason", "is transfer: who moves in elsewhere leaves by that"
    if (reason is DepartureReason.DIED) != (destination is Destination.DIED):
        yield "destination", f"is {destination}, the reason is {reason}: died goes with died"
    told = PLANNED.get(reason, planned)
    if reason is DepartureReason.DIED:
        if planned is not None:
            yield "planned", "must not be told of a death"
    elif told is None:
        yield "planned", f"must be told where the reason is {reason}"
    elif planned is not None and planned is not told:
        yield "planned", f"is {planned}, but {reason} is {'planned' if told else 'not planned'}"
