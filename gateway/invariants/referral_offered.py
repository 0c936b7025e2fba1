"""A referral is offered while, and only while, an offer of it stands."""

from sqlalchemy import select

from gateway.invariants.invariant import Invariant
from gateway.placements.states import HOLDING
from gateway.placements.tables import OfferRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow

_live = select(OfferRow.id).where(
    OfferRow.referral_id == ReferralRow.id, OfferRow.status.in_(sorted(HOLDING))
)

REFERRAL_OFFERED = Invariant(
    name="referral_offered",
    sentence="A referral is offered while an offer of it stands, and at no other time.",
    query=select(ReferralRow.id)
    .where((ReferralRow.status == ReferralStatus.OFFERED) != _live.exists())
    .order_by(ReferralRow.id),
)
