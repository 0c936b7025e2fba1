"""Whether what is kept of somebody tells of abuse: a page that shows it can then be left at once."""

from typing import Final

from sqlalchemy import exists, or_, select

from gateway.people.clusters import members_of
from gateway.people.tables import SafetyAreaRow, SeparationRow
from gateway.referrals.tables import ReferralCodeRow, ReferralRow, ReferralTrait
from gateway.storage.work import Work

GROUPS: Final = ("domestic-abuse", "gang-violence")
"""Client groups of people who flee somebody."""


def tells_of_abuse(work: Work, person_id: str) -> bool:
    """Whether a referral of theirs says that they flee somebody, or they are to be kept from somebody.

    Under any of their ids, and whether or not it is over: somebody may look over a shoulder. One query.
    """
    members = members_of(work, [person_id])
    theirs = select(members.c.id)
    referrals = select(ReferralRow.id).where(ReferralRow.person_id.in_(theirs))
    flees = exists().where(
        ReferralCodeRow.referral_id.in_(referrals),
        ReferralCodeRow.trait == ReferralTrait.CLIENT_GROUP,
        ReferralCodeRow.value.in_(GROUPS),
    )
    unsafe = exists().where(SafetyAreaRow.person_id.in_(theirs))
    apart = exists().where(or_(SeparationRow.person_id.in_(theirs), SeparationRow.other_id.in_(theirs)))
    return bool(work.session.scalar(select(or_(flees, unsafe, apart))))
