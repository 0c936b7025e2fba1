"""Nobody gets a unit on a day on which it, or its service, is closed.

Who has had a unit since before a closure may stay beyond it in the record: an emergency closes services that
people still live in, and they are found another place afterwards.
"""

from sqlalchemy import or_, select

from gateway.directory.tables import ServiceRow, UnitRow
from gateway.invariants.invariant import Invariant
from gateway.placements.tables import HoldRow
from gateway.referrals.tables import ReferralRow

CLOSED_SERVICES_EMPTY = Invariant(
    name="closed_services_empty",
    sentence="No hold begins once its unit or its service is closed, but of people who have to leave.",
    query=select(HoldRow.id)
    .join(UnitRow, UnitRow.id == HoldRow.unit_id)
    .join(ServiceRow, ServiceRow.id == UnitRow.service_id)
    .join(ReferralRow, ReferralRow.id == HoldRow.referral_id)
    .where(
        HoldRow.cancelled.is_(False),
        or_(HoldRow.from_day >= ServiceRow.closes_on, HoldRow.from_day >= UnitRow.closes_on),
        ReferralRow.must_leave.is_(False),
    )
    .order_by(HoldRow.id),
)
