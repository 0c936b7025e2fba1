"""Who is told how much of a referral."""

from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import Field

from api.access.reach import EVERYWHERE
from api.access.visitor import Visitor
from api.rest.case_file_told import CaseFileTold, case_file_told
from api.rest.referral_told import (
    OfferedPersonTold,
    OwnReferralTold,
    offered_person_told,
    own_referral_told,
)
from gateway.local_day import local_day
from gateway.placements.offers import offers_of
from gateway.records.actor import Role
from gateway.referrals.opening import open_case_file
from gateway.referrals.told_to_others import read_offered_person, read_own_referral
from gateway.refusals import NotFound
from gateway.storage.work import Work

ReferralRead: TypeAlias = Annotated[
    CaseFileTold | OwnReferralTold | OfferedPersonTold, Field(discriminator="view")
]
"""What a reading answers with: ``view`` says which."""


def read_for(
    visitor: Visitor, referral_id: str, *, at: datetime, work: Work
) -> CaseFileTold | OwnReferralTold | OfferedPersonTold:
    """A referral in somebody's reach, as far as it is theirs to see; the reading is recorded.

    Raises
    ------
    NotFound
        If there is no such referral, or nothing of it is theirs to see.
    """
    if visitor.role in EVERYWHERE:
        case = open_case_file(referral_id, by=visitor.actor, at=at, work=work)
        return case_file_told(case, offers_of(work, referral_id))
    if visitor.role is Role.REFERRER:
        own = read_own_referral(referral_id, by=visitor.actor, at=at, work=work)
        return own_referral_told(own, offers_of(work, referral_id))
    if visitor.role is Role.PROVIDER:
        offered = read_offered_person(referral_id, by=visitor.actor, at=at, work=work)
        return offered_person_told(offered, local_day(at))
    raise NotFound("referral", referral_id)
