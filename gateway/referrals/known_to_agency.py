"""Which people an agency knows: those it referred, and those of whom nobody else knows."""

from sqlalchemy import select

from gateway.people.tables import MergeRow
from gateway.referrals.tables import ReferralRow
from gateway.storage.work import Work


def referred_by(work: Work, person_id: str, agency_id: str) -> bool:
    """Whether the agency ever referred this person, under this very id."""
    theirs = (ReferralRow.person_id == person_id, ReferralRow.agency_id == agency_id)
    return work.first(select(ReferralRow.id).where(*theirs)) is not None


def known_by_one(work: Work, referral: ReferralRow) -> bool:
    """Whether all that is known of the person came with this referral: no other one names them."""
    others = (ReferralRow.person_id == referral.person_id, ReferralRow.id != referral.id)
    if work.first(select(ReferralRow.id).where(*others)) is not None:
        return False
    either = (MergeRow.person_id == referral.person_id) | (MergeRow.into_id == referral.person_id)
    return work.first(select(MergeRow.id).where(either)) is None
