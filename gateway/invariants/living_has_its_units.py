"""Who lives somewhere holds as many units as the household takes."""

from sqlalchemy import func, select

from gateway.invariants.invariant import Invariant
from gateway.placements.states import PlacementStatus
from gateway.placements.tables import HoldKind, HoldRow, PlacementRow
from gateway.referrals.tables import ReferralRow

_held = (
    select(func.count())
    .select_from(HoldRow)
    .where(
        HoldRow.placement_id == PlacementRow.id,
        HoldRow.kind == HoldKind.LIVING,
        HoldRow.cancelled.is_(False),
        HoldRow.until.is_(None),
    )
    .scalar_subquery()
)

LIVING_HAS_ITS_UNITS = Invariant(
    name="living_has_its_units",
    sentence="Whoever lives somewhere holds as many units as their household takes, without an end.",
    query=select(PlacementRow.id)
    .join(ReferralRow, ReferralRow.id == PlacementRow.referral_id)
    .where(PlacementRow.status == PlacementStatus.LIVING, _held != ReferralRow.units)
    .order_by(PlacementRow.id),
)
