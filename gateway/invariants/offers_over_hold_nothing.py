"""An offer that came to an end holds nothing any more."""

from sqlalchemy import select

from gateway.invariants.invariant import Invariant
from gateway.placements.states import HOLDING
from gateway.placements.tables import HoldKind, HoldRow, OfferRow

OFFERS_OVER_HOLD_NOTHING = Invariant(
    name="offers_over_hold_nothing",
    sentence="An offer taken up, refused, lapsed, withdrawn or not arrived for has no hold without an end.",
    query=select(HoldRow.id)
    .join(OfferRow, OfferRow.id == HoldRow.offer_id)
    .where(
        HoldRow.kind == HoldKind.OFFER,
        HoldRow.cancelled.is_(False),
        HoldRow.until.is_(None),
        OfferRow.status.not_in(sorted(HOLDING)),
    )
    .order_by(HoldRow.id),
)
