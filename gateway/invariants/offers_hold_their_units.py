"""An offer that stands holds as many units as the household takes."""

from sqlalchemy import func, select

from gateway.invariants.invariant import Invariant
from gateway.placements.states import HOLDING
from gateway.placements.tables import HoldKind, HoldRow, OfferRow
from gateway.referrals.tables import ReferralRow

_held = (
    select(func.count())
    .select_from(HoldRow)
    .where(
        HoldRow.offer_id == OfferRow.id,
        HoldRow.kind == HoldKind.OFFER,
        HoldRow.cancelled.is_(False),
        HoldRow.until.is_(None),
    )
    .scalar_subquery()
)

OFFERS_HOLD_THEIR_UNITS = Invariant(
    name="offers_hold_their_units",
    sentence="An offer proposed, made or accepted holds as many units as the household takes.",
    query=select(OfferRow.id)
    .join(ReferralRow, ReferralRow.id == OfferRow.referral_id)
    .where(OfferRow.status.in_(sorted(HOLDING)), _held != ReferralRow.units)
    .order_by(OfferRow.id),
)
