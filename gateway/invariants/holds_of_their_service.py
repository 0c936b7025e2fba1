"""A hold names the service its unit belongs to, and the person its referral is of."""

from sqlalchemy import or_, select

from gateway.directory.tables import UnitRow
from gateway.invariants.invariant import Invariant
from gateway.placements.tables import HoldRow
from gateway.referrals.tables import ReferralRow

HOLDS_OF_THEIR_SERVICE = Invariant(
    name="holds_of_their_service",
    sentence="A hold names the service of its unit and the person of its referral.",
    query=select(HoldRow.id)
    .join(UnitRow, UnitRow.id == HoldRow.unit_id)
    .join(ReferralRow, ReferralRow.id == HoldRow.referral_id)
    .where(or_(UnitRow.service_id != HoldRow.service_id, ReferralRow.person_id != HoldRow.person_id))
    .order_by(HoldRow.id),
)
