"""Nobody gets a unit on a day on which it, or its service, is closed.

Who has had a unit since before a closure may stay beyond it in the record, and so may whomever the emergency
affects that closes it: it may close on the very day somebody moved in, and they are found another place.
"""

from sqlalchemy import exists, or_, select

from gateway.allocation_runs.tables import AffectedRow, EmergencyServiceRow
from gateway.directory.tables import ServiceRow, UnitRow
from gateway.invariants.invariant import Invariant
from gateway.placements.tables import HoldRow

CLOSED_SERVICES_EMPTY = Invariant(
    name="closed_services_empty",
    sentence="No hold begins once its unit or its service is closed, but of people who had to leave it.",
    query=select(HoldRow.id)
    .join(UnitRow, UnitRow.id == HoldRow.unit_id)
    .join(ServiceRow, ServiceRow.id == UnitRow.service_id)
    .where(
        HoldRow.cancelled.is_(False),
        or_(HoldRow.from_day >= ServiceRow.closes_on, HoldRow.from_day >= UnitRow.closes_on),
        ~exists().where(
            AffectedRow.referral_id == HoldRow.referral_id,
            EmergencyServiceRow.emergency_id == AffectedRow.emergency_id,
            EmergencyServiceRow.service_id == HoldRow.service_id,
        ),
    )
    .order_by(HoldRow.id),
)
