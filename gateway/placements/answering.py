"""Answers to an offer: accepted, refused with a reason, withdrawn by the gateway."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from gateway.placements.conflicts import HardRule, MustBeLookedAt, TooLate
from gateway.placements.faults import empty
from gateway.placements.holding import holds_of_offer
from gateway.placements.offering import forbid_by_hard_rules, subjects, turn
from gateway.placements.returning import come_to_nothing
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow, RefusalReason, Review, Side
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import refuse
from gateway.storage.work import Work

_R = RefusalReason

REASONS: Mapping[Side, frozenset[RefusalReason]] = MappingProxyType(
    {
        Side.PROVIDER: frozenset(
            {
                _R.RISK_NOT_MANAGEABLE,
                _R.PREVIOUS_BEHAVIOUR,
                _R.NEEDS_TOO_HIGH,
                _R.NEEDS_TOO_LOW,
                _R.RISK_TO_RESIDENTS,
                _R.NOT_ELIGIBLE,
                _R.UNIT_UNAVAILABLE,
                _R.OTHER,
            }
        ),
        Side.PERSON: frozenset(
            {
                _R.AREA_UNWANTED,
                _R.SHARING_UNWANTED,
                _R.UNAFFORDABLE,
                _R.OTHER_PLACE_FOUND,
                _R.NOT_SAFE,
                _R.CHANGED_MIND,
                _R.OTHER,
            }
        ),
        Side.NEITHER: frozenset(
            {
                _R.NO_CONTACT,
                _R.IN_CUSTODY,
                _R.IN_HOSPITAL,
                _R.DIED,
                _R.UNIT_UNAVAILABLE,
                _R.NOT_ELIGIBLE,
                _R.OTHER,
            }
        ),
    }
)
"""Which reasons each side can have. A unit that burnt down, or somebody found not to be eligible, is nobody's
doing: that is why two of the provider's reasons are neither side's too."""


def accept_offer(offer_id: str, *, seen: int | None = None, by: Actor, at: datetime, work: Work) -> OfferRow:
    """Record that the provider and the person accept; the units stay held until they move in.

    Raises
    ------
    TooLate
        If the time to answer is over, whether or not the offer has been found to have lapsed.
    MustBeLookedAt
        If what was recorded since it was made forbids the place.
    IllegalMove, NotFound, ChangedMeanwhile
        As everywhere.
    """
    offer = work.get(OfferRow, offer_id, seen=seen)
    if offer.status is OfferStatus.MADE and offer.answer_by is not None and at >= offer.answer_by:
        raise TooLate(offer.id, offer.answer_by)
    turn(offer, OfferStatus.ACCEPTED)
    try:
        forbid_by_hard_rules(work, offer, at)
    except HardRule:
        raise MustBeLookedAt(offer.id) from None
    offer.answered_at = at
    units = [hold.unit_id for hold in holds_of_offer(work, offer.id)]
    write(work, offer, what="offer accepted", by=by, at=at, about=subjects(offer, *units))
    return offer


def refuse_offer(
    offer_id: str,
    *,
    side: Side,
    reason: RefusalReason,
    detail: str | None = None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> OfferRow:
    """Record who refuses and why; a provider's refusal waits for an officer to review it.

    Parameters
    ----------
    detail
        In the refuser's own words; needed where the reason is ``OTHER``. Sealed.

    Raises
    ------
    Invalid
        If the reason is not one that side can have, or nothing is said of another reason.
    IllegalMove, NotFound, ChangedMeanwhile
        As everywhere.
    """
    refuse(_faults(side, reason, detail))
    offer = work.get(OfferRow, offer_id, seen=seen)
    died = reason is RefusalReason.DIED
    referral, holds = come_to_nothing(work, offer, OfferStatus.REFUSED, at=at, died=died)
    offer.answered_at, offer.side, offer.reason, offer.detail = at, side, reason, detail
    offer.review = Review.PENDING if side is Side.PROVIDER else None
    about = subjects(offer, *(hold.unit_id for hold in holds))
    write(work, offer, *holds, referral, what="offer refused", by=by, at=at, about=about)
    return offer


def withdraw_offer(
    offer_id: str, *, why: str, seen: int | None = None, by: Actor, at: datetime, work: Work
) -> OfferRow:
    """Take an offer back, even one that was accepted; ``why`` is kept, sealed.

    Raises
    ------
    Invalid
        If no reason is given.
    IllegalMove, NotFound, ChangedMeanwhile
        As everywhere.
    """
    refuse(empty("why", why))
    offer = work.get(OfferRow, offer_id, seen=seen)
    referral, holds = come_to_nothing(work, offer, OfferStatus.WITHDRAWN, at=at)
    about = subjects(offer, *(hold.unit_id for hold in holds))
    write(work, offer, *holds, referral, what="offer withdrawn", by=by, at=at, about=about, why=why)
    return offer


def _faults(side: Side, reason: RefusalReason, detail: str | None) -> Iterator[tuple[str, str]]:
    if reason not in REASONS[side]:
        allowed = ", ".join(sorted(REASONS[side]))
        yield "reason", f"is {reason}, must be one of these if the side is {side}: {allowed}"
    if reason is RefusalReason.OTHER and not (detail and detail.strip()):
        yield "detail", "is empty, must say what the other reason is"
