"""When an offer comes to nothing: its units are free, and the person is where they stood before it."""

from datetime import datetime

from sqlalchemy import select

from gateway.placements.holding import cancel, holds_of_offer
from gateway.placements.offering import turn
from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.placements.tables import HoldRow, OfferRow, PlacementRow
from gateway.referrals.moving import move
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.storage.work import Work


def come_to_nothing(
    work: Work, offer: OfferRow, to: OfferStatus, *, at: datetime, died: bool = False
) -> tuple[ReferralRow, list[HoldRow]]:
    """Set the offer's last state, cancel its holds, and send the person back; the caller writes it all.

    Who waits is on the list again where they stood (``waiting_since`` is not touched); who lives elsewhere
    goes on living there; the referral of somebody who died is closed.

    Raises
    ------
    IllegalMove
        If the offer cannot end so.
    """
    turn(offer, to)
    holds = list(holds_of_offer(work, offer.id))
    cancel(holds)
    referral = work.get(ReferralRow, offer.referral_id)
    if referral.status is not ReferralStatus.OFFERED:
        return referral, holds  # it was ended meanwhile: the units are free, and it stays as it is
    if lives_by(work, referral.id):
        move(referral, ReferralStatus.PLACED, at=at)
    elif died:
        move(referral, ReferralStatus.CLOSED, at=at, reason=EndReason.DIED)
    else:
        move(referral, ReferralStatus.WAITING, at=at)
    return referral, holds


def lives_by(work: Work, referral_id: str) -> bool:
    """Whether somebody lives in a place that this referral led to."""
    living = select(PlacementRow.id).where(
        PlacementRow.referral_id == referral_id, PlacementRow.status == PlacementStatus.LIVING
    )
    return work.first(living) is not None
