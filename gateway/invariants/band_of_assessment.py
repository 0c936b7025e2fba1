"""What a referral says of its band and its place in the list is what its assessment in force says."""

from sqlalchemy import Integer, and_, case, cast, or_, select

from gateway.assessment.ranking import BAND_WIDTH
from gateway.assessment.tables import AssessmentRow, OverrideRow
from gateway.invariants.invariant import Invariant
from gateway.referrals.states import OPEN
from gateway.referrals.tables import ReferralRow
from gateway.referrals.triage_list import SCORED_FROM

_rank = ReferralRow.triage_rank
_says_scored = case((_rank >= SCORED_FROM, 1), else_=0)
_says_band = (_rank % SCORED_FROM) // BAND_WIDTH
_override = OverrideRow.ended_at.is_(None) & (OverrideRow.referral_id == ReferralRow.id)

BAND_OF_ASSESSMENT = Invariant(
    name="band_of_assessment",
    sentence="A referral has the band and rank of its assessment in force, and of its override if any.",
    query=select(ReferralRow.id)
    .join(
        AssessmentRow,
        and_(AssessmentRow.referral_id == ReferralRow.id, AssessmentRow.superseded_at.is_(None)),
    )
    .outerjoin(OverrideRow, _override)
    .where(
        or_(
            ReferralRow.band.is_(None),
            ReferralRow.band != AssessmentRow.effective_band,
            _says_scored != cast(AssessmentRow.scored, Integer),
            _says_band != AssessmentRow.effective_band,
            and_(OverrideRow.band != AssessmentRow.effective_band, ReferralRow.status.in_(sorted(OPEN))),
        )
    )
    .order_by(ReferralRow.id),
)
