"""A referral has one assessment in force at most."""

from sqlalchemy import func, select

from gateway.assessment.tables import AssessmentRow
from gateway.invariants.invariant import Invariant

ASSESSMENT_IN_FORCE = Invariant(
    name="assessment_in_force",
    sentence="A referral has one assessment in force at most.",
    query=select(AssessmentRow.referral_id)
    .where(AssessmentRow.superseded_at.is_(None))
    .group_by(AssessmentRow.referral_id)
    .having(func.count() > 1)
    .order_by(AssessmentRow.referral_id),
)
