"""A referral is placed while somebody lives where it led to, unless they are offered another place."""

from sqlalchemy import and_, or_, select

from gateway.invariants.invariant import Invariant
from gateway.placements.states import PlacementStatus
from gateway.placements.tables import PlacementRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow

_lives = (
    select(PlacementRow.id)
    .where(PlacementRow.referral_id == ReferralRow.id, PlacementRow.status == PlacementStatus.LIVING)
    .exists()
)
_placed = ReferralRow.status == ReferralStatus.PLACED
_may_live = ReferralRow.status.in_([ReferralStatus.PLACED, ReferralStatus.OFFERED])

REFERRAL_PLACED = Invariant(
    name="referral_placed",
    sentence="A referral is placed if somebody lives where it led to, or offered if they are to move.",
    query=select(ReferralRow.id)
    .where(or_(and_(_placed, ~_lives), and_(_lives, ~_may_live)))
    .order_by(ReferralRow.id),
)
