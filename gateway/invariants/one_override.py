"""A referral has one override at most."""

from sqlalchemy import func, select

from gateway.assessment.tables import OverrideRow
from gateway.invariants.invariant import Invariant

ONE_OVERRIDE = Invariant(
    name="one_override",
    sentence="A referral has one override that stands at most.",
    query=select(OverrideRow.referral_id)
    .where(OverrideRow.ended_at.is_(None))
    .group_by(OverrideRow.referral_id)
    .having(func.count() > 1)
    .order_by(OverrideRow.referral_id),
)
